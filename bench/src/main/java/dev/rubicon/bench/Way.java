package dev.rubicon.bench;

import java.util.Map;

/**
 * One way to do a benchmark's work.
 *
 * @param name as the table has it
 * @param how the statement or command behind it
 */
public record Way(String name, String how, Once once) {

  /** Does it once, what it needs before included. */
  @FunctionalInterface
  public interface Once {
    /** Figures by their metric, such as {@code "s"} or {@code "p99 ms"}. */
    Map<String, Double> measure() throws Exception;
  }
}
