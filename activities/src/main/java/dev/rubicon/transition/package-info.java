/** Transitions: what stands between legacy and canonical, as SQL in the target. */
package dev.rubicon.transition;
