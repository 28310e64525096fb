/** The names under which phases record what they measured, and what each of them holds. */
package dev.rubicon.evidence;
