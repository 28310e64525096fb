package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys of text that either side sorts in its own way. Under deterministic collations texts are
 * equal where their bytes are, so that such keys still pair off.
 *
 * <p>Source: PostgreSQL documentation, section 24.2, "Collation Support".
 */
record KeyCollations(PgSession session) {

  private record Collation(String name, boolean deterministic) {}

  /** What to append to a value that is held against the side's key column. */
  record Clauses(List<String> legacy, List<String> canonical) {}

  Clauses of(TableShape legacy, TableShape canonical, Pairs.Identity pairs) {
    var ofLegacy = new ArrayList<String>();
    var ofCanonical = new ArrayList<String>();
    for (int i = 0; i < pairs.legacy().size(); i++) {
      Optional<Collation> was = read(legacy, pairs.legacy().get(i));
      Optional<Collation> becomes = read(canonical, pairs.canonical().get(i));
      boolean differ = was.isPresent() && becomes.isPresent() && !was.equals(becomes);
      if (differ && !(was.get().deterministic() && becomes.get().deterministic())) {
        throw unsupported(
            "the key column %s.%s has collation %s, and %s.%s has %s: one of them takes texts for equal that are not"
                .formatted(
                    legacy.name(),
                    pairs.legacy().get(i),
                    was.get().name(),
                    canonical.name(),
                    pairs.canonical().get(i),
                    becomes.get().name()),
            "give the column the same collation on both sides, or a deterministic one");
      }
      ofLegacy.add(differ ? " COLLATE " + was.get().name() : "");
      ofCanonical.add(differ ? " COLLATE " + becomes.get().name() : "");
    }
    return new Clauses(ofLegacy, ofCanonical);
  }

  private Optional<Collation> read(TableShape table, String column) {
    return session.first(
        """
        SELECT format('%I.%I', n.nspname, c.collname), c.collisdeterministic
        FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
        JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE a.attrelid = ?::bigint::oid AND a.attname = ?
        """,
        row -> new Collation(row.getString(1), row.getBoolean(2)), table.oid(), column);
  }
}
