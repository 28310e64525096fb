/** Temporal activities: thin wrappers that run the phases, keep the ledger and code the errors. */
package dev.rubicon.phase;
