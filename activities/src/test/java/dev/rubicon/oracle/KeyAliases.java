package dev.rubicon.oracle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Keys of a case that nothing computes: Rubicon draws them, and keeps the pairs. The reference
 * cannot know them, so it has keys of its own in their stead; here stands which of Rubicon's each
 * of these is. What a client says is translated before it is sent, what is found is translated
 * back.
 */
final class KeyAliases {
  static final String COLUMN = "id";

  /** Above all that clients draw. */
  private static final int FIRST_LEGACY = 2_000_000_000;

  private static final long CANONICAL = 0x0a11_a500_0000_4000L;
  private static final Pattern ALIAS =
      Pattern.compile("0a11a500-0000-4000-[0-9a-f-]{17}|\\b20\\d{8}\\b");

  private final String legacyRelation;
  private final Map<String, String> canonicalOf = new HashMap<>();
  private final Map<String, String> legacyOf = new HashMap<>();
  private final Map<Side, Map<String, String>> stand =
      Map.of(Side.LEGACY, new HashMap<>(), Side.CANONICAL, new HashMap<>());

  KeyAliases(String legacyRelation) {
    this.legacyRelation = legacyRelation;
  }

  /** Canonical's key of a legacy row. */
  String canonical(String legacy) {
    String known = canonicalOf.get(legacy);
    return known != null
        ? known
        : pair(legacy, new UUID(CANONICAL, Long.MIN_VALUE | canonicalOf.size()).toString(), true);
  }

  /** Legacy's key of a canonical row. */
  String legacy(String canonical) {
    String known = legacyOf.get(canonical);
    return known != null
        ? known
        : pair(Integer.toString(FIRST_LEGACY + legacyOf.size()), canonical, false);
  }

  private String pair(String legacy, String canonical, boolean up) {
    canonicalOf.put(legacy, canonical);
    legacyOf.put(canonical, legacy);
    return up ? canonical : legacy;
  }

  /** Learns from Rubicon's pairs, as the session sees them. */
  void read(Connection connection) throws SQLException {
    var pairs = new HashMap<String, String>();
    try (var statement = connection.createStatement()) {
      String table;
      try (var found =
          statement.executeQuery(
              "SELECT c.oid::regclass FROM pg_class c WHERE relkind = 'r'"
                  + " AND relnamespace = to_regnamespace('rubicon') AND relname ~ '^"
                  + legacyRelation
                  + "_[^_]+_keys$'")) {
        if (!found.next()) {
          return;
        }
        table = found.getString(1);
      }
      try (var rows = statement.executeQuery("SELECT legacy, canonical FROM " + table)) {
        while (rows.next()) {
          pairs.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    pairs.forEach(
        (legacy, canonical) -> {
          // A client of canonical has drawn it: legacy's is Rubicon's.
          if (legacyOf.containsKey(canonical)) {
            stand.get(Side.LEGACY).put(legacyOf.get(canonical), legacy);
          }
        });
    canonicalOf.forEach(
        (legacy, canonical) -> {
          String there = pairs.get(stand.get(Side.LEGACY).getOrDefault(legacy, legacy));
          if (there != null) {
            stand.get(Side.CANONICAL).put(canonical, there);
          }
        });
  }

  /** As it is sent. */
  Op sent(Op op) {
    return new Op(
        op.relation(),
        sent(op.text()),
        op.rekeyed(),
        op.named(),
        op.input().map(this::sent),
        op.whole());
  }

  private String sent(String text) {
    return ALIAS
        .matcher(text)
        .replaceAll(
            found -> {
              String alias = found.group();
              Side side = alias.length() == 10 ? Side.LEGACY : Side.CANONICAL;
              return stand.get(side).getOrDefault(alias, alias);
            });
  }

  /** Rows that were found, with the reference's keys. */
  Map<List<String>, Map<String, String>> found(
      Side side, Relation relation, Map<List<String>, Map<String, String>> rows) {
    var aliases = new HashMap<String, String>();
    stand.get(side).forEach((alias, key) -> aliases.put(key, alias));
    var found = new HashMap<List<String>, Map<String, String>>();
    rows.values()
        .forEach(
            row -> {
              var known = new HashMap<>(row);
              known.computeIfPresent(COLUMN, (c, key) -> aliases.getOrDefault(key, key));
              found.put(relation.key(known), known);
            });
    return found;
  }
}
