package dev.rubicon.transition.shadow;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which legacy key is which canonical key, where neither can be computed from the other: a table of
 * pairs in schema {@code rubicon}. A pair is made when either side first needs it, and stays until
 * contract, so that a row which is deleted and inserted again keeps its key.
 *
 * @param id of the plan whose relation it is
 * @param column legacy's key column
 * @param legacyType its type
 * @param canonicalType the canonical key's type
 * @param newCanonical SQL that makes a canonical key
 * @param newLegacy SQL that makes a legacy key
 */
public record KeyMap(
    String id,
    String column,
    String legacyType,
    String canonicalType,
    String newCanonical,
    String newLegacy) {
  private static final SqlTemplate COUNTERPART_KEY =
      SqlTemplate.of("transition/shadow/sql/counterpart_key.sql.ftl");
  private static final SqlTemplate PAIR_KEYS =
      SqlTemplate.of("transition/shadow/sql/pair_keys.sql.ftl");
  private static final Pattern WORD =
      Pattern.compile("(?is)\\s*mapped\\s*\\(\\s*(.+?)\\s*(?:,\\s*(.+?)\\s*)?\\)\\s*");

  /**
   * How a runbook asks for it: {@code mapped(column)} for the relation's own key, {@code
   * mapped(column, relation)} for a column that points at another relation's.
   */
  public record Asked(String column, Optional<String> relation) {}

  public static Optional<Asked> asked(String expression) {
    Matcher matcher = WORD.matcher(expression);
    return matcher.matches()
        ? Optional.of(new Asked(matcher.group(1), Optional.ofNullable(matcher.group(2))))
        : Optional.empty();
  }

  @JsonIgnore
  public String table() {
    return "rubicon." + Identifiers.quote(id + "_keys");
  }

  /** The counterpart of a value, or NULL where there is none yet. */
  static String lookup(String id, String word, String value) {
    return "rubicon." + Identifiers.quote(id + "_key_" + word) + "(" + value + ")";
  }

  /** Makes the pair if there is none. */
  static String ensure(String id, String word, String value) {
    return "rubicon." + Identifiers.quote(id + "_pair_" + word) + "(" + value + ")";
  }

  /**
   * Bound when they are created, so that no client's search path matters. They go with the whole
   * schema: other relations' triggers may read them until the last of these is gone.
   */
  public List<String> create() {
    return List.of(
        "CREATE TABLE IF NOT EXISTS %s (legacy %s PRIMARY KEY, canonical %s NOT NULL UNIQUE)"
            .formatted(table(), legacyType, canonicalType),
        counterpart("up", "legacy", legacyType, "canonical", canonicalType),
        counterpart("down", "canonical", canonicalType, "legacy", legacyType),
        PAIR_KEYS.render(
            new Pair(ensure(id, "up", legacyType), table(), "legacy", "$1", newCanonical)),
        PAIR_KEYS.render(
            new Pair(ensure(id, "down", canonicalType), table(), "canonical", newLegacy, "$1")));
  }

  private String counterpart(
      String word, String given, String givenType, String counterpart, String type) {
    return COUNTERPART_KEY.render(
        new Lookup(lookup(id, word, givenType), table(), given, counterpart, type));
  }

  private record Lookup(
      String function, String keys, String given, String counterpart, String type) {}

  private record Pair(
      String function, String keys, String given, String legacy, String canonical) {}
}
