/** What Temporal's histories say of the ledger: the audit trail is held against it. */
package dev.rubicon.client.history;
