/** The files of a runbook's folder: which belong to it, and which migrations are refused. */
package dev.rubicon.bundle.file;
