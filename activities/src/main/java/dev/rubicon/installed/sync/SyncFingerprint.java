package dev.rubicon.installed.sync;

import dev.rubicon.postgres.PgSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Everything that keeps both sides in step, as the catalog has it at one moment. Two equal
 * fingerprints mean that none of it was switched off in between: switching a trigger off waits for
 * open writes, so the triggers followed every write before the later fingerprint.
 *
 * <p>Not seen: a client that sets the engine's own settings ({@code rubicon.…}), and row security
 * that was switched on and off again. {@code session_replication_role} switches nothing off: the
 * triggers are {@code ENABLE ALWAYS}.
 */
public final class SyncFingerprint {
  private final Map<SyncObject.Key, SyncObject> parts;

  private SyncFingerprint(Iterable<SyncObject> parts) {
    this.parts = new LinkedHashMap<>();
    parts.forEach(part -> this.parts.put(part.key(), part));
  }

  /** What the target remembers a print of. */
  private enum Moment {
    /** As installed, and as the engine's own later steps have left it. */
    INSTALLED,
    /** At the last verification that agreed, from the cutover on at the crossing. */
    SEEN
  }

  /**
   * One part that is not what it was.
   *
   * @param partition whether it only is a partition that came or went
   */
  public record Difference(SyncObject part, String what, boolean partition) {
    public String described() {
      return part.described() + " " + what;
    }
  }

  /** As it stands, by what the session's transaction sees. */
  public static SyncFingerprint read(PgSession session) {
    return new SyncFingerprint(session.query(SyncCatalogQuery.SQL, SyncFingerprint::part));
  }

  /**
   * At the last verification that agreed, or at the crossing; none where either side has changed.
   */
  public static Optional<SyncFingerprint> seen(PgSession session) {
    return session.value("SELECT sync_seen_at IS NOT NULL FROM rubicon.state").equals("t")
        ? Optional.of(kept(session, Moment.SEEN))
        : Optional.empty();
  }

  /**
   * In the transaction that installs or replaces: what it wrote is as it must be from now on.
   *
   * @return all of it, as this transaction leaves it
   */
  public static SyncFingerprint installed(PgSession session) {
    // As stored text of a condition depends on it.
    session.execute("SET LOCAL search_path = pg_catalog");
    SyncFingerprint now = read(session);
    keep(session, Moment.INSTALLED, now.list(SyncObject::own));
    return now;
  }

  /** What of the engine's is missing, switched off or another than it installed. */
  public List<Difference> notAsInstalled(PgSession session) {
    var wrong = new ArrayList<Difference>();
    SyncFingerprint installed = kept(session, Moment.INSTALLED);
    for (SyncObject must : installed.parts.values()) {
      SyncObject is = parts.get(must.key());
      if (!must.kind().installed() || must.kind().onRelation() && !holds(must.relation())) {
        continue; // a partition that went took its trigger along
      }
      if (is == null) {
        wrong.add(new Difference(must, "is missing", false));
      } else if (!is.shape().equals(must.shape())) {
        wrong.add(new Difference(must, "is not as installed", false));
      }
    }
    // Of partitions that came later the target remembers no installation.
    list(part -> !part.always() && !installed.parts.containsKey(part.key()))
        .forEach(part -> wrong.add(new Difference(part, "is not as installed", false)));
    return wrong;
  }

  boolean contains(SyncObject part) {
    return parts.containsKey(part.key());
  }

  /** Whether this one part is as it must be. */
  boolean has(SyncObject must) {
    SyncObject is = parts.get(must.key());
    return is != null && is.always() && is.shape().equals(must.shape());
  }

  /** What was done to it since the other print was taken. */
  public List<Difference> since(SyncFingerprint earlier) {
    var differences = new ArrayList<Difference>();
    for (SyncObject was : earlier.parts.values()) {
      SyncObject is = parts.get(was.key());
      boolean gone = was.kind().onRelation() && !holds(was.relation());
      if (is == null) {
        differences.add(new Difference(was, gone ? "went with its partition" : "is gone", gone));
      } else if (!is.version().equals(was.version())) {
        differences.add(new Difference(is, "was changed", false));
      }
    }
    for (SyncObject is : parts.values()) {
      // An additional function does no harm: no trigger calls it.
      if (is.kind().onRelation() && !earlier.parts.containsKey(is.key())) {
        differences.add(new Difference(is, "is new", !earlier.holds(is.relation())));
      }
    }
    return differences;
  }

  /** This print, updated with what the current transaction itself has changed. */
  public SyncFingerprint with(SyncFingerprint later) {
    var merged = new SyncFingerprint(parts.values());
    later.list(SyncObject::own).forEach(part -> merged.parts.put(part.key(), part));
    return merged;
  }

  /** Keeps it as what was last seen. */
  public void keep(PgSession session) {
    session.update("DELETE FROM rubicon.sync_part WHERE moment = ?", Moment.SEEN.name());
    keep(session, Moment.SEEN, list(part -> true));
    session.update("UPDATE rubicon.state SET sync_seen_at = clock_timestamp()");
  }

  /** From now on nothing has been seen to agree. */
  public static void forget(PgSession session) {
    session.update("UPDATE rubicon.state SET sync_seen_at = NULL WHERE sync_seen_at IS NOT NULL");
  }

  private boolean holds(long relation) {
    return parts.containsKey(new SyncObject.Key(SyncObject.Kind.RELATION, relation, ""));
  }

  private List<SyncObject> list(Predicate<SyncObject> which) {
    return parts.values().stream().filter(which).toList();
  }

  /** In one statement: it may be under a lock that clients wait for. */
  private static void keep(PgSession session, Moment moment, List<SyncObject> parts) {
    session.update(
        """
        INSERT INTO rubicon.sync_part
          (moment, kind, root, relation, named, name, shape, version, before_name, after_name)
        SELECT ?, p.* FROM unnest(?::text[], ?::oid[], ?::oid[], ?::text[], ?::text[], ?::text[],
                                  ?::text[], ?::text[], ?::text[]) p
        ON CONFLICT (moment, kind, relation, name) DO UPDATE
        SET root = excluded.root, named = excluded.named, shape = excluded.shape,
            version = excluded.version, before_name = excluded.before_name,
            after_name = excluded.after_name
        """,
        moment.name(),
        texts(parts, part -> part.kind().name()),
        texts(parts, part -> String.valueOf(part.root())),
        texts(parts, part -> String.valueOf(part.relation())),
        texts(parts, SyncObject::named),
        texts(parts, SyncObject::name),
        texts(parts, SyncObject::shape),
        texts(parts, SyncObject::version),
        texts(parts, part -> part.creation().map(SyncObject.Creation::before).orElse(null)),
        texts(parts, part -> part.creation().map(SyncObject.Creation::after).orElse(null)));
  }

  private static String[] texts(List<SyncObject> parts, Function<SyncObject, String> text) {
    return parts.stream().map(text).toArray(String[]::new);
  }

  private static SyncFingerprint kept(PgSession session, Moment moment) {
    return new SyncFingerprint(
        session.query(
            """
            SELECT kind, root::bigint, relation::bigint, named, name, shape, version,
                   before_name, after_name, true, false
            FROM rubicon.sync_part WHERE moment = ? ORDER BY kind, named, name
            """,
            SyncFingerprint::part,
            moment.name()));
  }

  private static SyncObject part(ResultSet row) throws SQLException {
    String before = row.getString(8);
    return new SyncObject(
        SyncObject.Kind.valueOf(row.getString(1)),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        before == null
            ? Optional.empty()
            : Optional.of(new SyncObject.Creation(before, row.getString(9))),
        row.getBoolean(10),
        row.getBoolean(11));
  }
}
