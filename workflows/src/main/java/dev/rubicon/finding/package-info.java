/** Findings: differences and hazards, with what is to happen with each. */
package dev.rubicon.finding;
