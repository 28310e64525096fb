/** Triggers and functions that keep a shadow and its legacy table in step. */
package dev.rubicon.transition.shadow.triggers;
