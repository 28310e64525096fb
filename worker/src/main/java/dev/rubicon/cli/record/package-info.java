/** What stays of a rollout: the audit trail, its report, its backup. */
package dev.rubicon.cli.record;
