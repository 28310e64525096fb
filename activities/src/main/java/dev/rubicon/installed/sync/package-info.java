/** Whether the triggers and functions that were installed still stand as they were. */
package dev.rubicon.installed.sync;
