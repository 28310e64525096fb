/** Checks of smoke, rehearsal and watch (HTTP, SQL, command, DuckDB, counter), and HTTP hooks. */
package dev.rubicon.check;
