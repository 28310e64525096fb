/** The catalog of a database: snapshot, fingerprint, and the difference between two of them. */
package dev.rubicon.catalog;
