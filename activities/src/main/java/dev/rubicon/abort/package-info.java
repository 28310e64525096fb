/** Abort: everything installed is removed, and the fingerprint proves it. */
package dev.rubicon.abort;
