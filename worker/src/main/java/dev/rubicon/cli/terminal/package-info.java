/** What a command writes to: the console, tables, colours, and lines that are redrawn in place. */
package dev.rubicon.cli.terminal;
