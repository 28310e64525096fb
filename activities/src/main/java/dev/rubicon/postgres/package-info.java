/** Targets, and Rubicon's sessions on a PostgreSQL server. */
package dev.rubicon.postgres;
