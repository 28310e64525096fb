/** Launching, and what a human decides while a rollout runs. */
package dev.rubicon.cli.rollout;
