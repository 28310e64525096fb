/** Rubicon itself: set up, started, and asked whether it is well. */
package dev.rubicon.cli.installation;
