/** What people ask of rollouts, for the command line and for HTTP alike. */
package dev.rubicon.client;
