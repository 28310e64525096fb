/** Where rollouts stand: read from Temporal and the ledger, with what there is to do next. */
package dev.rubicon.client.status;
