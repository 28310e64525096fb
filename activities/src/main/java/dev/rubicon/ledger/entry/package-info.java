/** What the ledger holds of a rollout, as records. */
package dev.rubicon.ledger.entry;
