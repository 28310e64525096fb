/** Compare: two relations held against each other, outside of any rollout. */
package dev.rubicon.compare;
