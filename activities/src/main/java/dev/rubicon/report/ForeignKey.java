package dev.rubicon.report;

import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.TableChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A foreign key between two tables that are drawn. */
record ForeignKey(String name, String from, String to, SchemaChange.Kind kind) {
  private static final Pattern REFERENCES =
      Pattern.compile("^FOREIGN KEY .*? REFERENCES (.+?)\\(", Pattern.DOTALL);

  static List<ForeignKey> among(List<TableChange> tables) {
    Map<String, String> known =
        tables.stream()
            .collect(Collectors.toMap(TableChange::name, TableChange::name, (a, b) -> a));
    var keys = new ArrayList<ForeignKey>();
    for (TableChange table : tables) {
      for (Item item : table.objects()) {
        Matcher matcher = REFERENCES.matcher(item.definition());
        if (item.name().startsWith("constraint ") && matcher.find()) {
          String to = known.get(matcher.group(1).replace("\"", ""));
          if (to != null) {
            keys.add(
                new ForeignKey(
                    item.name().substring("constraint ".length()), table.name(), to, item.kind()));
          }
        }
      }
    }
    return keys;
  }
}
