/** The way to the ledger's database: connections, its schema, and whether it forgot something. */
package dev.rubicon.ledger.connection;
