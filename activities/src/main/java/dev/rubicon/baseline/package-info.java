/**
 * A baseline script of somebody's own, as pg_dump or a migration tool wrote it: read and cleaned.
 */
package dev.rubicon.baseline;
