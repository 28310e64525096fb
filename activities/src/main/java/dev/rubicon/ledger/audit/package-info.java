/** The append-only audit trail, and what it is held against. {@code docs/ledger.md} says why. */
package dev.rubicon.ledger.audit;
