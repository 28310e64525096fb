/**
 * The rollout's report: one self-contained HTML page and the same as JSON, made from the ledger.
 */
package dev.rubicon.report;
