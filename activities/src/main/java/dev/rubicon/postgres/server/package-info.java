/** What a server must be for Rubicon to work on it, and the databases that it made there. */
package dev.rubicon.postgres.server;
