/** The rehearsal: the whole rest of the rollout on a clone, by the same code as production. */
package dev.rubicon.rehearse;
