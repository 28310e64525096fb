/** The backup: one dump of one snapshot in the object store, with what proves it. */
package dev.rubicon.backup;
