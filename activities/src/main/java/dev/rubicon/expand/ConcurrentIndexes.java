package dev.rubicon.expand;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Builds the runbook's concurrent indexes: finds what an earlier attempt left, drops it when it is
 * invalid, builds, and checks {@code indisvalid}.
 */
public final class ConcurrentIndexes {
  /**
   * CREATE INDEX CONCURRENTLY waits for old transactions without holding anyone up; a {@code
   * lock_timeout} would only leave an invalid index behind. It is watched instead.
   */
  private static final SessionLimits UNLIMITED = new SessionLimits(Duration.ZERO, Duration.ZERO);

  /** An index on columns that dual write adds can only be built after it. */
  public enum Group {
    BEFORE_TRANSITIONS,
    ON_TRANSITION_COLUMNS
  }

  private final PhaseContext context;

  public ConcurrentIndexes(PhaseContext context) {
    this.context = context;
  }

  /** Builds what is missing; returns the names of all indexes of that group, valid. */
  public List<String> build(Group group) {
    List<Runbook.ConcurrentIndex> wanted = of(context.runbook(), group);
    if (wanted.isEmpty()) {
      return List.of();
    }
    var names = new ArrayList<String>();
    try (PgSession session = context.open(UNLIMITED)) {
      Naming.resolve(session, context.runbook());
      for (Runbook.ConcurrentIndex index : wanted) {
        context.progress().checkCancelled();
        names.add(build(session, index));
      }
    }
    return List.copyOf(names);
  }

  /** Which indexes belong to the group; a matter of the bundle alone. */
  public static List<Runbook.ConcurrentIndex> of(Runbook runbook, Group group) {
    return runbook.expand().concurrently().stream()
        .filter(index -> needsTransition(runbook, index) == (group == Group.ON_TRANSITION_COLUMNS))
        .toList();
  }

  private static boolean needsTransition(Runbook runbook, Runbook.ConcurrentIndex index) {
    return runbook.transitions().stream()
        .filter(t -> mentions(index.sql(), RelationName.parse(t.relation()).name()))
        .flatMap(t -> t.columns().stream())
        .anyMatch(c -> mentions(index.sql(), Naming.column(c.name())));
  }

  private static boolean mentions(String sql, String name) {
    return Pattern.compile(
            "(?<![\\p{L}\\p{N}_$])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_$])",
            Pattern.CASE_INSENSITIVE)
        .matcher(sql)
        .find();
  }

  private String build(PgSession session, Runbook.ConcurrentIndex index) {
    RelationName name = RelationName.parse(index.name());
    for (int attempt = 1; ; attempt++) {
      Optional<Boolean> valid = valid(session, name);
      if (valid.isPresent() && valid.get()) {
        return name.toString();
      }
      if (valid.isPresent()) {
        session.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name.sql());
      }
      try (var _ = context.progress().cancelsWith(session);
          var _ = new IndexProgress(context, session, name)) {
        session.executeOne(index.sql());
      } catch (RubiconException e) {
        // A deadlock with a client leaves an invalid index; the next round drops and builds it.
        if (attempt < 3 && SqlFailure.state(e).equals("40P01")) {
          continue;
        }
        context.progress().checkCancelled();
        if (SqlFailure.state(e).startsWith("08") || SqlFailure.state(e).startsWith("57P")) {
          throw e;
        }
        throw new RubiconException(
            ErrorCode.EXPAND_FAILED,
            "index " + name + " could not be built: " + e.getMessage(),
            "mend the data, then: rubicon resume; or correct the statement: rubicon abort, then"
                + " launch the new bundle",
            e.getCause());
      }
      Optional<Boolean> now = valid(session, name);
      if (now.isEmpty()) {
        throw new RubiconException(
            ErrorCode.EXPAND_FAILED,
            "the statement of index " + name + " built no index of that name",
            "give the index's own schema-qualified name under expand.concurrently: rubicon abort,"
                + " then launch the new bundle");
      }
      if (!now.get() && attempt >= 3) {
        throw new RubiconException(
            ErrorCode.EXPAND_FAILED,
            "index " + name + " is invalid after " + attempt + " attempts",
            "see the server's log, then: rubicon resume; or: rubicon abort");
      }
    }
  }

  private static Optional<Boolean> valid(PgSession session, RelationName name) {
    return session.first(
        """
        SELECT i.indisvalid AND i.indisready FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ? AND c.relname = ?
        """,
        row -> row.getBoolean(1),
        name.schema(),
        name.name());
  }

  /**
   * Drops the runbook's indexes; for abort.
   *
   * @param owners those that were there before the rollout, and stay
   */
  public void drop(Predicate<RelationName> owners) {
    if (context.runbook().expand().concurrently().isEmpty()) {
      return;
    }
    try (PgSession session = context.open(UNLIMITED)) {
      for (Runbook.ConcurrentIndex index : context.runbook().expand().concurrently().reversed()) {
        RelationName name = RelationName.parse(index.name());
        if (!owners.test(name)) {
          session.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name.sql());
        }
      }
    }
  }
}
