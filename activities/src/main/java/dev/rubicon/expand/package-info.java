/** Expand: Flyway migrations with short locks, and indexes built concurrently. */
package dev.rubicon.expand;
