/**
 * Figures, never tests: each {@link dev.rubicon.bench.Benchmark} puts Rubicon beside what one would
 * use instead, on the same data, in turn, and {@code bench/run} prints what came of it.
 */
package dev.rubicon.bench;
