/** Verify: both sides compared inside one snapshot, while traffic goes on. */
package dev.rubicon.verify;
