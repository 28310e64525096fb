/** What a table looks like to a transition, and how names are read. */
package dev.rubicon.table;
