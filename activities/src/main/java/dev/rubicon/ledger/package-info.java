/**
 * The ledger: rollouts, phases, evidence, decisions, and the append-only audit trail. {@code
 * docs/ledger.md} says what the trail proves.
 */
package dev.rubicon.ledger;
