package dev.rubicon.transition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements as the server has logged them. */
public final class ServerLog {
  /** What the server must be started with. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "log_statement", "all",
          "log_line_prefix", "<<%d|%a|%c>>",
          "lc_messages", "C",
          "log_min_messages", "log");

  private static final Pattern LINE = Pattern.compile("<<([^|]*)\\|([^|]*)\\|([^|]*)>>");
  private static final Pattern STATEMENT =
      Pattern.compile("(?s)^\\s*LOG:\\s+(?:statement|execute [^:]*): (.*)");

  private ServerLog() {}

  /** One statement: whose, in which session, without the engine's comment. */
  public record Logged(String database, String application, String session, String sql) {}

  public static List<Logged> read(Path file) throws IOException {
    String text = Files.readString(file);
    var heads = LINE.matcher(text).results().toList();
    var found = new ArrayList<Logged>();
    for (int i = 0; i < heads.size(); i++) {
      var head = heads.get(i);
      int end = i + 1 < heads.size() ? heads.get(i + 1).start() : text.length();
      Matcher statement = STATEMENT.matcher(text.substring(head.end(), end));
      if (statement.matches()) {
        // The server indents the further lines of an entry by a tab.
        String sql =
            statement.group(1).replace("\n\t", "\n").replaceFirst("^/\\* rubicon [^*]*\\*/ ", "");
        found.add(new Logged(head.group(1), head.group(2), head.group(3), sql));
      }
    }
    return found;
  }
}
