/** What a change needs by what is at stake: its grade, and the policy of the installation. */
package dev.rubicon.ceremony;
