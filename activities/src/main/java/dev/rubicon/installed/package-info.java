/** What the target remembers of a rollout, and whether it still stands as it was installed. */
package dev.rubicon.installed;
