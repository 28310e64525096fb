/** A canonical table beside the legacy one: what was resolved of both. */
package dev.rubicon.transition.shadow;
