/** The watch after the crossing: checks and counters over hours, alerts on change. */
package dev.rubicon.watch;
