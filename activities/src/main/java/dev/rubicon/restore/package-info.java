/** The way back of last resort: a backup restored into a new database, and compared. */
package dev.rubicon.restore;
