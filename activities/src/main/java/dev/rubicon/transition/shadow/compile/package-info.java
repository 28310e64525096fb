/** Resolves a shadow against the live tables. */
package dev.rubicon.transition.shadow.compile;
