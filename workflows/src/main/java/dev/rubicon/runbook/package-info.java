/** The runbook's model. Reading it from YAML is I/O and lives beside the activities. */
package dev.rubicon.runbook;
