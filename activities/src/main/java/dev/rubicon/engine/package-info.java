/** What every phase works with, whoever runs it: a Temporal activity, the rehearsal, a test. */
package dev.rubicon.engine;
