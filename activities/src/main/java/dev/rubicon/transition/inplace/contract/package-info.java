/** What contract takes away of a table: legacy columns, triggers, the marker. */
package dev.rubicon.transition.inplace.contract;
