/** Bundles: runbook folders read, checked, content-addressed and stored. */
package dev.rubicon.bundle;
