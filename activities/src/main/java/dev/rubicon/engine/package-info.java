/** What every phase works with, whether a Temporal activity, the rehearsal or a test runs it. */
package dev.rubicon.engine;
