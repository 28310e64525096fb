/** What a database holds, in three channels with a fingerprint each. */
package dev.rubicon.inventory;
