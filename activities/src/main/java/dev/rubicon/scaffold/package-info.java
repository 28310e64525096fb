/** {@code rubicon init}: a runbook's first draft from a live database and a canonical one. */
package dev.rubicon.scaffold;
