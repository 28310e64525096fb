package dev.rubicon.bundle.shape;

import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.Scalars;
import org.postgresql.core.Parser;
import org.yaml.snakeyaml.nodes.Node;

/**
 * SQL that is asked of the target before anybody has approved anything, inside a read-only
 * transaction: a second statement could end that one.
 */
final class OneQuery {
  private OneQuery() {}

  static Decoder<String> of() {
    Decoder<String> text = Scalars.text();
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading).filter(sql -> alone(sql.strip(), node, reading)));
  }

  /** Parentheses do not count: those around the query, once it is asked, may close its own. */
  private static boolean alone(String sql, Node node, Reading reading) {
    char[] text = sql.toCharArray();
    for (int i = 0; i < text.length; i++) {
      i =
          switch (text[i]) {
            case '\'' -> Parser.parseSingleQuotes(text, i, true);
            case '"' -> Parser.parseDoubleQuotes(text, i);
            case '$' -> Parser.parseDollarQuotes(text, i);
            case '-' -> Parser.parseLineComment(text, i);
            case '/' -> Parser.parseBlockComment(text, i);
            default -> i;
          };
      if (i < text.length && text[i] == ';' && !sql.substring(i).matches("[;\\s]*")) {
        reading.problem(node, "must be one query, without a semicolon inside");
        return false;
      }
    }
    return true;
  }
}
