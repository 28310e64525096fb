/** Dual write: the triggers that keep both sides equal. */
package dev.rubicon.dualwrite;
