/**
 * What must hold of rows: derived from the constraints that a rollout adds, or named by a runbook.
 */
package dev.rubicon.invariant;
