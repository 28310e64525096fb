/** Backfill: rows that nobody has touched yet, in small batches that give way. */
package dev.rubicon.backfill;
