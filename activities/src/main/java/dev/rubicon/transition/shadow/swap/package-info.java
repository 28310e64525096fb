/** The exchange of names at the cutover, back, and the end of legacy. */
package dev.rubicon.transition.shadow.swap;
