/** Targets, and how Rubicon speaks to a PostgreSQL server. */
package dev.rubicon.postgres;
