/** Notifies the owner's webhook of alerts, waiting gates and outcomes. */
package dev.rubicon.notify;
