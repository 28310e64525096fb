package dev.rubicon.partition;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Partitions.TimeSeries;
import dev.rubicon.runbook.Runbook;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The form of tables of rows over time that {@code timeseries: auto} comes to on a target.
 *
 * @param form what the runbook's SQL is told
 * @param because what was found
 */
public record TimeSeriesForm(TimeSeries form, String because) {
  /** Whether the extension is created in this database. */
  static final String CREATED =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb')";

  /** Whether it could be: canonical, the copy and the clone are databases of their own. */
  static final String INSTALLED =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'timescaledb')";

  /** Whether the target has to be asked. */
  public static boolean isOpen(Runbook runbook) {
    return runbook.timeseries().filter(TimeSeries.AUTO::equals).isPresent();
  }

  /** Empty where nothing is open. */
  public static Optional<TimeSeriesForm> of(
      PgSession target, BooleanSupplier staging, Runbook runbook) {
    return isOpen(runbook) ? Optional.of(chosen(created(target), staging)) : Optional.empty();
  }

  static TimeSeriesForm chosen(boolean target, BooleanSupplier staging) {
    if (!target) {
      return new TimeSeriesForm(TimeSeries.PARTITIONS, "timescaledb is not created in the target");
    }
    return staging.getAsBoolean()
        ? new TimeSeriesForm(
            TimeSeries.HYPERTABLE, "the target has timescaledb, and staging can have it")
        : new TimeSeriesForm(
            TimeSeries.PARTITIONS,
            "the target has timescaledb, but staging cannot: nothing could be tried there");
  }

  /** Whether this server can have it. */
  public static boolean installed(PgSession session) {
    return session.value(INSTALLED).equals("t");
  }

  private static boolean created(PgSession session) {
    return session.value(CREATED).equals("t");
  }

  /**
   * Before anything is tried: a runbook that wants hypertables and nothing else needs the extension
   * on both sides.
   *
   * @throws RubiconException EXTENSION_MISSING
   */
  public static void require(PgSession target, BooleanSupplier staging, Runbook runbook) {
    if (runbook.timeseries().filter(TimeSeries.HYPERTABLE::equals).isEmpty()) {
      return;
    }
    boolean there = created(target);
    if (!there || !staging.getAsBoolean()) {
      throw new RubiconException(
          ErrorCode.EXTENSION_MISSING,
          "timeseries: hypertable, but "
              + (there
                  ? "staging's server does not have timescaledb: nothing could be tried there"
                  : "timescaledb is not created in the target"),
          (there
                  ? "install it on staging"
                  : "CREATE EXTENSION timescaledb there, as the owner of the database")
              + ", or write 'timeseries: auto'; then: rubicon plan");
    }
  }

  public String word() {
    return form.name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  public String why() {
    return "timeseries: " + word() + ", because " + because;
  }
}
