/** The sections of {@code runbook.yaml}: which keys each has, and which values are refused. */
package dev.rubicon.bundle.shape;
