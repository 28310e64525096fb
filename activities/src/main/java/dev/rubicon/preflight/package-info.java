/**
 * Preflight: what the target is, how it differs from canonical, and what the change would do to it.
 */
package dev.rubicon.preflight;
