/** Before a rollout: a runbook is begun, validated, planned and rehearsed. */
package dev.rubicon.cli.plan;
