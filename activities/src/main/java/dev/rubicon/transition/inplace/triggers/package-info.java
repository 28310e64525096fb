/** The columns and triggers that keep both sides of a table in step, as SQL. */
package dev.rubicon.transition.inplace.triggers;
