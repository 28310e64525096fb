/** How a table, and each thing that belongs to one, is made, dropped and altered. */
package dev.rubicon.repair.table;
