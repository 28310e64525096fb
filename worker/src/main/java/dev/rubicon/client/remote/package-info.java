/** The HTTP API of a worker, as the command line calls it. */
package dev.rubicon.client.remote;
