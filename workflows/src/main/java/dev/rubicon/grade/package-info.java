/** What is at stake in a change, and what a rollout needs for it. */
package dev.rubicon.grade;
