package dev.rubicon.runbook;

import java.time.ZoneId;
import java.util.Optional;

/**
 * A relation, partitioned by RANGE of a time, whose partitions come and go by functions of the
 * owner's own.
 *
 * @param relation as it is called from the cutover on, {@code schema.name}
 * @param every how much time one partition holds
 * @param zone whose midnight begins a partition
 * @param ahead for how long partitions are made beforehand, as an SQL interval
 * @param keep how long rows stay before their partition is detached; empty: there is no such
 *     function
 * @param timeseries whether it counts only where {@code timeseries} comes to partitions
 * @param dropAfter how long a detached partition stays a table; empty: there is no such function
 */
public record Partitions(
    String relation,
    Unit every,
    ZoneId zone,
    String ahead,
    Optional<String> keep,
    Optional<String> dropAfter,
    boolean timeseries) {

  /** The form of tables of rows over time: what the owner's SQL reads as a setting. */
  public enum TimeSeries {
    /** As the target has it; only the long form of the runbook is run. */
    AUTO,
    HYPERTABLE,
    PARTITIONS,
    PLAIN
  }

  /** What a partition holds. */
  public enum Unit {
    HOUR,
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR
  }
}
