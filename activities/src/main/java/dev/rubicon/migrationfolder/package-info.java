/** Migrations that somebody already has in a folder, and what they come to, tried on scratch. */
package dev.rubicon.migrationfolder;
