package dev.rubicon.installed;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.PrintedLists;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * DDL of others while a rollout is under way. The target remembers the catalog that it had before
 * the rollout, plus what the rollout's own phases have made of it; what differs from that is
 * others' work. Before and after each phase that changes the catalog it is compared: what had
 * changed before the phase is never taken for the phase's own.
 *
 * <p>The engine's triggers are left out: {@link SyncFingerprint} sees more of them.
 */
public final class OthersChanges {
  private static final TypeReference<CatalogSnapshot> SNAPSHOT = new TypeReference<>() {};
  private static final TypeReference<Set<String>> NAMES = new TypeReference<>() {};
  private static final TypeReference<List<String>> LIST = new TypeReference<>() {};

  private static final String OWNERS =
      """
      SELECT n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner),
             CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized-view'
               WHEN 'S' THEN 'sequence' ELSE 'table' END || ':' || n.nspname || '.' || c.relname
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (?::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      """;

  private OthersChanges() {}

  /** The catalog with what the fingerprint of a schema leaves out: owners. */
  public static CatalogSnapshot read(PgSession session, List<String> schemas) {
    var entries =
        new ArrayList<>(
            CatalogReader.read(session, schemas).without(OthersChanges::engines).entries());
    entries.addAll(
        session.query(
            OWNERS,
            row ->
                new CatalogEntry(
                    ObjectKind.NOTE,
                    row.getString(1),
                    row.getString(2),
                    "owner",
                    row.getString(3),
                    true,
                    row.getString(4)),
            (Object) schemas.toArray(String[]::new)));
    return new CatalogSnapshot(entries);
  }

  private static boolean engines(CatalogEntry entry) {
    return entry.kind() == ObjectKind.TRIGGER
        && (entry.part().startsWith("!rubicon") || entry.part().startsWith("~rubicon"));
  }

  /** As the rollout has left the catalog. */
  public static CatalogSnapshot left(PgSession session) {
    return StoredJson.read(session.value("SELECT catalog FROM rubicon.state"), SNAPSHOT);
  }

  /** What is not as the rollout has left it. */
  public static List<CatalogChange> standing(PgSession session, List<String> schemas) {
    return CatalogChange.between(left(session), read(session, schemas));
  }

  /**
   * All of it is as the rollout wants it, or was approved. What others had changed before the phase
   * is remembered as theirs.
   */
  public static void settle(PgSession session, List<String> schemas) {
    Set<String> others = new LinkedHashSet<>(others(session));
    others.addAll(before(session));
    session.update("UPDATE rubicon.state SET catalog_others = ?::jsonb", StoredJson.write(others));
    keep(session, read(session, schemas));
  }

  private static Set<String> others(PgSession session) {
    return StoredJson.read(session.value("SELECT catalog_others FROM rubicon.state"), NAMES);
  }

  /** What the rollout itself has changed: comparable with the rehearsal's. */
  public static CatalogSnapshot ownChanges(
      PgSession session, CatalogSnapshot baseline, CatalogSnapshot now) {
    Set<String> others = others(session);
    Predicate<CatalogEntry> theirs = entry -> others.contains(entry.name());
    CatalogSnapshot changes = now.without(theirs).changesSince(baseline.without(theirs));
    return new CatalogSnapshot(
        changes.entries().stream().map(OthersChanges::asOnARestoredCopy).toList());
  }

  /** What is held against the rehearsal's, whose database was dumped and restored. */
  private static CatalogEntry asOnARestoredCopy(CatalogEntry e) {
    return new CatalogEntry(
        e.kind(),
        e.schema(),
        e.object(),
        e.part(),
        PrintedLists.restored(e.definition()),
        e.valid(),
        e.of());
  }

  private static Set<String> before(PgSession session) {
    return StoredJson.read(session.value("SELECT catalog_before FROM rubicon.state"), NAMES);
  }

  /**
   * Tells the rollout's own changes from others', once the rollout has been taken back. Read before
   * the target's memory goes.
   *
   * @return whether a change since the baseline is the rollout's
   */
  public static Predicate<CatalogChange> own(PgSession session, CatalogSnapshot baseline) {
    Set<String> others = new LinkedHashSet<>(others(session));
    if (under(session, Phase.EXPAND)) {
      // Its own changes were not noted: all but what stood there before may be.
      others.addAll(before(session));
      return change -> !others.contains(change.entry().name());
    }
    Map<CatalogChange.Key, CatalogEntry> left = CatalogChange.byKey(left(session));
    Map<CatalogChange.Key, CatalogEntry> was = CatalogChange.byKey(baseline);
    return change -> {
      var key = CatalogChange.Key.of(change.entry());
      Optional<CatalogEntry> made = Optional.ofNullable(left.get(key));
      return !others.contains(change.entry().name())
          && change.is().equals(made)
          && !made.equals(Optional.ofNullable(was.get(key)));
    };
  }

  /**
   * A phase is about to change the catalog. A phase that runs again finds its own changes: they are
   * told from others' by what stood there before its first attempt.
   */
  public static void begin(PgSession session, List<String> schemas, Phase phase) {
    if (!under(session, phase)) {
      Set<String> before =
          standing(session, schemas).stream()
              .map(change -> change.entry().name())
              .collect(Collectors.toSet());
      session.update(
          "UPDATE rubicon.state SET catalog_phase = ?, catalog_before = ?::jsonb",
          phase.name(),
          StoredJson.write(before));
    }
  }

  /** Whether the phase has begun to change the catalog, and has not ended. */
  public static boolean under(PgSession session, Phase phase) {
    return phase
        .name()
        .equals(session.value("SELECT coalesce(catalog_phase, '') FROM rubicon.state"));
  }

  /**
   * The phase has changed the catalog.
   *
   * @param own whether the phase has made it; anything else that changed is others' work
   */
  public static void end(PgSession session, List<String> schemas, Predicate<CatalogChange> own) {
    Set<String> before = before(session);
    Map<CatalogChange.Key, CatalogEntry> left = CatalogChange.byKey(left(session));
    for (CatalogChange change : standing(session, schemas)) {
      if (own.test(change) && !before.contains(change.entry().name())) {
        left.remove(CatalogChange.Key.of(change.entry()));
        change.is().ifPresent(entry -> left.put(CatalogChange.Key.of(entry), entry));
      }
    }
    keep(session, new CatalogSnapshot(List.copyOf(left.values())));
  }

  private static void keep(PgSession session, CatalogSnapshot catalog) {
    session.update(
        """
        UPDATE rubicon.state
        SET catalog = ?::jsonb, catalog_phase = NULL, catalog_before = '[]', catalog_own = '{}'
        """,
        StoredJson.write(catalog));
  }

  /** Notes for the next gate what could no longer be told from names that changed hands. */
  public static void note(PgSession session, List<CatalogChange> changes) {
    List<String> noted = new ArrayList<>(noted(session));
    CatalogChange.whole(changes).stream().map(CatalogChange::id).forEach(noted::add);
    session.update(
        "UPDATE rubicon.state SET catalog_noted = ?::jsonb",
        StoredJson.write(noted.stream().distinct().toList()));
  }

  public static List<String> noted(PgSession session) {
    return StoredJson.read(session.value("SELECT catalog_noted FROM rubicon.state"), LIST);
  }

  /** What was noted has been approved. */
  public static void forgetNoted(PgSession session) {
    session.update("UPDATE rubicon.state SET catalog_noted = '[]'");
  }
}
