/** The command line: one command, one file. Data on stdout, progress on stderr. */
package dev.rubicon.cli;
