/** What the short form of a transition says. */
package dev.rubicon.runbook.change;
