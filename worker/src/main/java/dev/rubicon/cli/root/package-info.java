/** The root command, and what every command has from it. */
package dev.rubicon.cli.root;
