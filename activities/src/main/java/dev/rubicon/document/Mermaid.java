package dev.rubicon.document;

import dev.rubicon.document.Change.ColumnPair;
import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedColumn;
import dev.rubicon.document.schema.DescribedTable.Reference;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Mermaid's {@code erDiagram}. An attribute's name and type may hold few characters there; what was
 * replaced stands in its comment.
 */
public final class Mermaid {
  private Mermaid() {}

  static String of(List<TablePair> tables) {
    var out = new StringBuilder("erDiagram\n");
    for (TablePair table : tables) {
      out.append("    ").append(quoted(table.name().toString())).append(" {\n");
      table.columns().forEach(column -> attribute(out, column));
      out.append("    }\n");
    }
    Set<RelationName> drawn = tables.stream().map(TablePair::name).collect(Collectors.toSet());
    for (TablePair table : tables) {
      for (Reference key : table.shown().references()) {
        if (drawn.contains(key.to())) {
          out.append("    ").append(quoted(key.to().toString()));
          out.append(key.optional() ? " |o--o{ " : " ||--o{ ");
          out.append(quoted(table.name().toString())).append(" : ");
          out.append(quoted(key.name())).append('\n');
        }
      }
    }
    return out.toString();
  }

  /** What became of the relations that changed; all of them where nothing is compared. */
  public static String of(Change change) {
    return of(
        change.tables().stream()
            .filter(table -> change.before().isEmpty() || table.kind() != Kind.SAME)
            .toList());
  }

  private static void attribute(StringBuilder out, ColumnPair pair) {
    DescribedColumn column = pair.shown();
    String name = word(column.name());
    out.append("        ").append(type(column.type())).append(' ').append(name);
    List<String> keys =
        column.keys().stream()
            .map(key -> key.equals("UQ") ? "UK" : key.substring(0, 2))
            .distinct()
            .toList();
    if (!keys.isEmpty()) {
      out.append(' ').append(String.join(", ", keys));
    }
    var notes = new ArrayList<String>();
    if (!name.equals(column.name())) {
      notes.add(column.name());
    }
    if (pair.kind() != Kind.SAME) {
      notes.add(pair.kind().word());
    }
    if (!notes.isEmpty()) {
      out.append(' ').append(quoted(String.join(", ", notes)));
    }
    out.append('\n');
  }

  /** A text in quotes; what would end it or mean something to Mermaid or HTML is spelled out. */
  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    Visible.line(text)
        .codePoints()
        .forEach(
            c -> {
              if (c < 0x80 && "\"<>&%\\#;{}`".indexOf(c) >= 0) {
                out.append('#').append(c).append(';');
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.append('"').toString();
  }

  private static String word(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
    return plain.matches("[A-Za-z_].*") ? plain : "_" + plain;
  }

  private static String type(String type) {
    String plain = type.replace(' ', '_').replaceAll("[^A-Za-z0-9_()\\[\\]-]", "_");
    return plain.matches("[A-Za-z_].*") ? plain : "_" + plain;
  }
}
