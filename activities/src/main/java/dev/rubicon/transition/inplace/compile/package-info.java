/**
 * A transition in place, resolved against the live table: which columns belong together, what each
 * is derived by, and what is refused.
 */
package dev.rubicon.transition.inplace.compile;
