/** Canonical columns beside the legacy ones, in one table. */
package dev.rubicon.transition.inplace;
