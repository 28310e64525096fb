/**
 * Transitions to another relation: triggers both ways, copy, comparison, exchange of names. What
 * the triggers must survive is in docs/shadow.md, with the test of each.
 */
package dev.rubicon.shadow;
