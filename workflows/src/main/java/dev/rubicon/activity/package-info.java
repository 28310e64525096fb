/** Activity interfaces: one nameable thing per method, as the UI's event list shows it. */
package dev.rubicon.activity;
