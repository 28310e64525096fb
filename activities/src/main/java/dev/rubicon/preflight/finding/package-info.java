/** What preflight measures on the target and finds, and what of that stops a launch. */
package dev.rubicon.preflight.finding;
