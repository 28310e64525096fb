/**
 * Backfill: fills the rows that no client has written yet, in small batches that give way to
 * clients.
 */
package dev.rubicon.backfill;
