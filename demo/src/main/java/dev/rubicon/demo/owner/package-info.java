/**
 * The fixture of runbook owner-canonical: a small service of projects, runs and assets, in two
 * builds. It knows nothing of Rubicon.
 */
package dev.rubicon.demo.owner;
