package dev.rubicon.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What the demo showed; the last thing on stdout with {@code --output json}.
 *
 * @param rollback null where there was nothing to go back to
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DemoResult(
    String outcome,
    String runbook,
    int rows,
    List<PhaseTime> phases,
    Writes writes,
    Cutover cutover,
    Rollback rollback,
    History history,
    Worker worker,
    String report,
    Double seconds,
    String cause) {

  public record PhaseTime(String name, String status, double seconds) {}

  /**
   * @param refusals what was refused to clients, by SQLSTATE or HTTP status
   */
  public record Writes(
      long acknowledged, long lost, long duplicated, long failed, Map<String, Long> refusals) {}

  public record Cutover(long maxStallMs, int attempts) {}

  public record Rollback(long maxStallMs, long lostWrites) {}

  public record History(long events) {}

  public record Worker(int kills, boolean resumed) {}

  public boolean passed() {
    return outcome.equals("completed");
  }
}
