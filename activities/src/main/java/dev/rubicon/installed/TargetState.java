package dev.rubicon.installed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.TargetStage;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the target remembers of its rollout, in schema {@code rubicon}: the one place that a
 * relaunch can trust when everything else is lost.
 */
public final class TargetState {
  private TargetState() {}

  /**
   * @param baselineFingerprint of the runbook's schemas before anything was installed
   * @param turns committed crossings and ways back
   * @param cutOverAt when canonical last became the authority
   */
  public record Row(
      String bundle,
      String rollout,
      TargetStage stage,
      String baselineFingerprint,
      Optional<String> backupManifest,
      int turns,
      Optional<OffsetDateTime> cutOverAt,
      OffsetDateTime createdAt) {}

  /** Something that cutover took away and rollback gives back; both sides are complete SQL. */
  public record Relaxed(String relation, String what, String restore, String validate) {}

  /**
   * A stamp that cutover wrote into a version table.
   *
   * @param before the version that was there, for people
   * @param after what it wrote, for people
   * @param removed rows that it took out, each as JSON
   * @param added keys of the rows that it wrote, each as JSON
   * @param rows that there were then
   */
  public record Stamped(
      String table,
      String before,
      String after,
      List<String> removed,
      List<String> added,
      long rows) {
    public Stamped {
      if (added == null) {
        // Kept by a version that knew Alembic alone, and its only row.
        removed = List.of(StoredJson.write(Map.of("version_num", before)));
        added = List.of(StoredJson.write(Map.of("version_num", after)));
        rows = 1;
      }
      removed = List.copyOf(removed);
      added = List.copyOf(added);
    }
  }

  /** The target's memory, if it has any. */
  public static Optional<Row> find(PgSession session) {
    boolean there = session.value("SELECT to_regclass('rubicon.state') IS NOT NULL").equals("t");
    if (!there) {
      refuseRenamed(session);
      return Optional.empty();
    }
    if (session
        .value(
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid ="
                + " to_regclass('rubicon.state') AND attname = 'catalog_own')")
        .equals("f")) {
      throw StoredJson.otherVersion(null);
    }
    return session.first(
        """
        SELECT bundle, rollout, stage, baseline_fingerprint, backup_manifest, turns, cut_over_at,
               created_at
        FROM rubicon.state
        """,
        row ->
            new Row(
                row.getString(1),
                row.getString(2),
                TargetStage.valueOf(row.getString(3)),
                row.getString(4),
                Optional.ofNullable(row.getString(5)),
                row.getInt(6),
                Optional.ofNullable(row.getObject(7, OffsetDateTime.class)),
                row.getObject(8, OffsetDateTime.class)));
  }

  /**
   * The triggers' functions name the schema: under another name clients fail, and nothing of ours
   * is found. Its comment goes with it.
   */
  private static void refuseRenamed(PgSession session) {
    session
        .first(
            """
            SELECT nspname FROM pg_namespace
            WHERE obj_description(oid, 'pg_namespace') LIKE 'A Rubicon rollout is under way;%'
            """,
            row -> row.getString(1))
        .ifPresent(
            name -> {
              throw new RubiconException(
                  ErrorCode.TARGET_STATE_LOST,
                  "the schema rubicon is called " + Identifiers.quote(name) + " now",
                  "ALTER SCHEMA "
                      + Identifiers.quote(name)
                      + " RENAME TO rubicon; then: rubicon resume");
            });
  }

  /** The target's memory of this bundle; refuses when there is none, or another bundle's. */
  public static Row require(PgSession session, String bundle) {
    Row row =
        find(session)
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.EXPAND_FAILED,
                        "nothing of this rollout is installed on the target",
                        "bring back the database on which it was installed, then: rubicon resume;"
                            + " or end the rollout: rubicon abort"));
    refuseForeign(row, bundle);
    return row;
  }

  /** Refuses leftovers of another bundle. */
  public static void refuseForeign(Row row, String bundle) {
    if (!row.bundle().equals(bundle)) {
      throw new RubiconException(
          ErrorCode.TARGET_CHANGED,
          "the target holds the unfinished rollout "
              + row.rollout()
              + " of another bundle ("
              + row.bundle().substring(0, Math.min(12, row.bundle().length()))
              + ")",
          "finish it, or take it back: rubicon abort");
    }
  }

  /** Creates schema and memory; the caller has found that there is none. */
  public static void create(
      PgSession session, String bundle, String rollout, String fingerprint, Object baseline) {
    session.inTransaction(
        () -> {
          TargetSchema.sql().forEach(session::execute);
          SyncFingerprint.installed(session);
          return session.update(
              """
              INSERT INTO rubicon.state
                (bundle, rollout, stage, baseline_fingerprint, baseline, catalog)
              VALUES (?, ?, ?, ?, ?::jsonb, ?::jsonb)
              """,
              bundle,
              rollout,
              TargetStage.EXPANDING.name(),
              fingerprint,
              StoredJson.write(baseline),
              StoredJson.write(baseline));
        });
  }

  public static void stage(PgSession session, TargetStage stage) {
    session.update(
        "UPDATE rubicon.state SET stage = ?, updated_at = clock_timestamp() WHERE stage <> ?",
        stage.name(),
        stage.name());
  }

  /** Moves on, but never back: a phase that runs again leaves a later stage alone. */
  public static void atLeast(PgSession session, TargetStage stage) {
    TargetStage now = find(session).orElseThrow().stage();
    if (now.ordinal() < stage.ordinal()) {
      stage(session, stage);
    }
  }

  public static void cutOver(PgSession session) {
    session.update(
        """
        UPDATE rubicon.state
        SET stage = 'CUT_OVER', turns = turns + 1, cut_over_at = clock_timestamp(),
            updated_at = clock_timestamp()
        """);
  }

  public static void rolledBack(PgSession session) {
    session.update(
        """
        UPDATE rubicon.state
        SET stage = 'ROLLED_BACK', turns = turns + 1, updated_at = clock_timestamp()
        """);
  }

  public static void backupManifest(PgSession session, String key) {
    session.update("UPDATE rubicon.state SET backup_manifest = ?", key);
  }

  /** What stood in the schemas before anything was installed. */
  public static CatalogSnapshot baseline(PgSession session) {
    try {
      return new ObjectMapper()
          .readValue(session.value("SELECT baseline FROM rubicon.state"), CatalogSnapshot.class);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL, "the stored baseline is not readable", "report it", e);
    }
  }

  /**
   * Keeps canonical's snapshot (JSON), so that verification can compare without the staging server.
   */
  public static void canonical(PgSession session, Object snapshot) {
    session.update("UPDATE rubicon.state SET canonical = ?::jsonb", StoredJson.write(snapshot));
  }

  /** Canonical's snapshot, where preflight has built it. */
  public static Optional<CatalogSnapshot> canonical(PgSession session) {
    return session
        .first("SELECT canonical FROM rubicon.state", row -> Optional.ofNullable(row.getString(1)))
        .flatMap(value -> value)
        .map(json -> StoredJson.read(json, new TypeReference<CatalogSnapshot>() {}));
  }

  public static List<Relaxed> relaxed(PgSession session) {
    return StoredJson.read(
        session.value("SELECT relaxed FROM rubicon.state"), new TypeReference<List<Relaxed>>() {});
  }

  public static void relaxed(PgSession session, List<Relaxed> relaxed) {
    session.update("UPDATE rubicon.state SET relaxed = ?::jsonb", StoredJson.write(relaxed));
  }

  public static List<Stamped> stamped(PgSession session) {
    return StoredJson.read(
        session.value("SELECT stamped FROM rubicon.state"), new TypeReference<List<Stamped>>() {});
  }

  public static void stamped(PgSession session, List<Stamped> stamped) {
    session.update("UPDATE rubicon.state SET stamped = ?::jsonb", StoredJson.write(stamped));
  }
}
