/** What backfill and verification send for a table's rows. */
package dev.rubicon.transition.inplace.rows;
