/** Expressions of a runbook, compiled into functions. */
package dev.rubicon.expression;
