package dev.rubicon.installed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.TargetStage;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the target remembers of its rollout, in schema {@code rubicon}: the one place that a
 * relaunch can trust when everything else is lost.
 */
public final class TargetState {
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

  private static final String DDL =
      """
      CREATE SCHEMA rubicon;
      COMMENT ON SCHEMA rubicon IS 'A Rubicon rollout is under way; rubicon abort or rubicon contract removes this schema';
      CREATE TABLE rubicon.state (
        only_row             boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        bundle               text NOT NULL,
        rollout              text NOT NULL,
        stage                text NOT NULL,
        baseline_fingerprint text NOT NULL,
        baseline             jsonb NOT NULL,
        backup_manifest      text,
        canonical            jsonb,
        catalog              jsonb NOT NULL,
        catalog_phase        text,
        catalog_before       jsonb NOT NULL DEFAULT '[]',
        catalog_noted        jsonb NOT NULL DEFAULT '[]',
        catalog_others       jsonb NOT NULL DEFAULT '[]',
        catalog_own          xid[] NOT NULL DEFAULT '{}',
        relaxed              jsonb NOT NULL DEFAULT '[]',
        stamped              jsonb NOT NULL DEFAULT '[]',
        turns                integer NOT NULL DEFAULT 0,
        durability           text,
        cut_over_at          timestamptz,
        cutover_blocked      jsonb,
        rollback_blocked     jsonb,
        sync_seen_at         timestamptz,
        created_at           timestamptz NOT NULL DEFAULT now(),
        updated_at           timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE rubicon.transition (
        relation     text PRIMARY KEY,
        kind         text NOT NULL,
        plan         jsonb NOT NULL,
        relations    oid[] NOT NULL,
        opened_at    timestamptz,
        installed_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE rubicon.backfill_batch (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        relation     text NOT NULL,
        pass         integer NOT NULL,
        after_key    text[],
        upto_key     text[] NOT NULL,
        resume_key   text[],
        rows         bigint NOT NULL,
        milliseconds double precision NOT NULL,
        wal_bytes    bigint NOT NULL,
        at           timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX backfill_batch_resume ON rubicon.backfill_batch (relation, pass DESC, id DESC);
      CREATE TABLE rubicon.backfill_throttle (
        reason   text PRIMARY KEY,
        times    bigint NOT NULL DEFAULT 1,
        seconds  double precision NOT NULL DEFAULT 0,
        first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_at  timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE TABLE rubicon.partition (
        plan text NOT NULL,
        oid  oid NOT NULL,
        name text NOT NULL
      );
      CREATE TABLE rubicon.verified (
        transition text PRIMARY KEY,
        horizon    xid8 NOT NULL,
        storage    text NOT NULL,
        at         timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE TABLE rubicon.sync_part (
        moment      text NOT NULL,
        kind        text NOT NULL,
        root        oid NOT NULL,
        relation    oid NOT NULL,
        named       text NOT NULL,
        name        text NOT NULL,
        shape       text NOT NULL,
        version     text NOT NULL,
        before_name text,
        after_name  text,
        PRIMARY KEY (moment, kind, relation, name)
      );
      CREATE TABLE rubicon.hidden_name (
        object oid PRIMARY KEY,
        name   text NOT NULL
      );
      CREATE TABLE rubicon.archived (
        relation oid PRIMARY KEY
      );
      CREATE TABLE rubicon.legacy_write (
        at               timestamptz NOT NULL DEFAULT clock_timestamp(),
        relation         text NOT NULL,
        application_name text NOT NULL
      );
      REVOKE ALL ON ALL TABLES IN SCHEMA rubicon FROM PUBLIC;
      GRANT USAGE ON SCHEMA rubicon TO PUBLIC;
      """;

  /** Drops schema {@code rubicon}: all that the target remembers, and everything else in it. */
  public static final String FORGET = "DROP SCHEMA rubicon CASCADE";

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
        removed = List.of(write(Map.of("version_num", before)));
        added = List.of(write(Map.of("version_num", after)));
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
      return Optional.empty();
    }
    if (session
        .value(
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid ="
                + " to_regclass('rubicon.state') AND attname = 'catalog_own')")
        .equals("f")) {
      throw otherVersion(null);
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

  /** What makes the schema and the functions that all transitions share. */
  public static List<String> schema() {
    return Stream.concat(Stream.of(DDL.strip().split(";\\n")), SharedFunctions.sql().stream())
        .toList();
  }

  /** Creates schema and memory; the caller has found that there is none. */
  public static void create(
      PgSession session, String bundle, String rollout, String fingerprint, Object baseline) {
    session.inTransaction(
        () -> {
          schema().forEach(session::execute);
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
              write(baseline),
              write(baseline));
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
    session.update("UPDATE rubicon.state SET canonical = ?::jsonb", write(snapshot));
  }

  /** Canonical's snapshot, where preflight has built it. */
  public static Optional<CatalogSnapshot> canonical(PgSession session) {
    return session
        .first("SELECT canonical FROM rubicon.state", row -> Optional.ofNullable(row.getString(1)))
        .flatMap(value -> value)
        .map(json -> read(json, new TypeReference<CatalogSnapshot>() {}));
  }

  public static List<Relaxed> relaxed(PgSession session) {
    return read(
        session.value("SELECT relaxed FROM rubicon.state"), new TypeReference<List<Relaxed>>() {});
  }

  public static void relaxed(PgSession session, List<Relaxed> relaxed) {
    session.update("UPDATE rubicon.state SET relaxed = ?::jsonb", write(relaxed));
  }

  public static List<Stamped> stamped(PgSession session) {
    return read(
        session.value("SELECT stamped FROM rubicon.state"), new TypeReference<List<Stamped>>() {});
  }

  public static void stamped(PgSession session, List<Stamped> stamped) {
    session.update("UPDATE rubicon.state SET stamped = ?::jsonb", write(stamped));
  }

  /**
   * A transition as the target stores it.
   *
   * @param kind the word for what it is
   * @param plan all that later phases need; stored as JSON
   * @param relations object ids of the relations that carry it
   * @param open whether clients may write canonical at once
   */
  public record Stored(String key, String kind, Object plan, List<Long> relations, boolean open) {}

  /** Records an installed transition, in the transaction that installs it. */
  public static void installed(PgSession session, Stored transition) {
    session.update(
        """
        INSERT INTO rubicon.transition (relation, kind, plan, relations, opened_at)
        VALUES (?, ?, ?::jsonb, ?::bigint[]::oid[], CASE WHEN ? THEN clock_timestamp() END)
        """,
        transition.key(),
        transition.kind(),
        write(transition.plan()),
        transition.relations().toArray(Long[]::new),
        transition.open());
  }

  /** Object ids of the relations on which it was installed. */
  public static List<Long> relations(PgSession session, String key) {
    return session.query(
        "SELECT unnest(relations)::bigint FROM rubicon.transition WHERE relation = ?",
        row -> row.getLong(1),
        key);
  }

  /** Records that clients may write canonical, in the transaction that lets them. */
  public static void opened(PgSession session, String key) {
    session.update(
        "UPDATE rubicon.transition SET opened_at = clock_timestamp() WHERE relation = ?", key);
  }

  /** Whether clients may write canonical. */
  public static boolean isOpen(PgSession session, String key) {
    return session
        .value(
            "SELECT EXISTS (SELECT FROM rubicon.transition WHERE relation = ? AND opened_at IS NOT"
                + " NULL)",
            key)
        .equals("t");
  }

  public static void uninstalled(PgSession session, String key) {
    session.update("DELETE FROM rubicon.transition WHERE relation = ?", key);
    session.update("DELETE FROM rubicon.verified WHERE transition = ?", key);
  }

  static String write(Object value) {
    try {
      return value instanceof String json ? json : JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** Reads what was stored as JSON. */
  public static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw otherVersion(e);
    }
  }

  private static RubiconException otherVersion(Exception cause) {
    return new RubiconException(
        ErrorCode.INTERNAL,
        "schema rubicon on the target was written by another version of Rubicon",
        "use the version that launched the rollout",
        cause);
  }
}
