/**
 * The rollout's state as one explicit machine: sealed states, sealed events, and pure functions
 * from one to the next. It knows nothing of Temporal; {@code dev.rubicon.workflow} interprets it.
 */
package dev.rubicon.machine;
