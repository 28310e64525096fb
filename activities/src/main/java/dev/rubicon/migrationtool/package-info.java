/** The migration tools that owners use: how each keeps its versions, one YAML file a tool. */
package dev.rubicon.migrationtool;
