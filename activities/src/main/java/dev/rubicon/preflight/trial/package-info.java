/** The rollout, tried on a copy of the schema without rows: its steps, and what they did. */
package dev.rubicon.preflight.trial;
