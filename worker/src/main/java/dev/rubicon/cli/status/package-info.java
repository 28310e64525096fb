/** Where rollouts stand. */
package dev.rubicon.cli.status;
