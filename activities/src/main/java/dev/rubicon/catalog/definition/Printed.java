package dev.rubicon.catalog.definition;

/** Parts of patterns for what PostgreSQL prints. */
final class Printed {
  private Printed() {}

  /**
   * One character, or a whole quoted name: that may hold any word which the pattern looks for.
   *
   * @param except characters at which an unquoted text ends
   */
  static String characterOrName(String except) {
    return "(?:\"(?:[^\"]|\"\")*\"|[^\"" + except + "])";
  }

  /** A name with its schema. */
  static final String RELATION = characterOrName(" .,(") + "+\\." + characterOrName(" .,(") + "+";
}
