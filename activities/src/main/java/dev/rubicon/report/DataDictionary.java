package dev.rubicon.report;

import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.Kind;
import dev.rubicon.report.SchemaChange.TableChange;
import java.util.List;
import java.util.Locale;

/** The data dictionary, before and after, and the changed tables as a Mermaid diagram. */
final class DataDictionary {
  private DataDictionary() {}

  static String markdown(SchemaChange change) {
    var out = new StringBuilder("# Data dictionary\n");
    for (TableChange table : change.tables()) {
      out.append("\n## ").append(cell(table.name())).append(mark(table.kind())).append("\n\n");
      out.append("| column | before | after | | comment |\n|---|---|---|---|---|\n");
      for (Item column : table.columns()) {
        out.append("| ")
            .append(cell(column.name()))
            .append(" | ")
            .append(code(column.before()))
            .append(" | ")
            .append(code(column.after()))
            .append(" | ")
            .append(word(column.kind()))
            .append(" | ")
            .append(cell(column.comment()))
            .append(" |\n");
      }
      objects(table.objects(), out);
    }
    return out.toString();
  }

  private static void objects(List<Item> objects, StringBuilder out) {
    if (objects.isEmpty()) {
      return;
    }
    out.append('\n');
    for (Item object : objects) {
      out.append("- ")
          .append(cell(object.name()))
          .append(": ")
          .append(code(object.definition()))
          .append(mark(object.kind()))
          .append('\n');
    }
  }

  private static String mark(Kind kind) {
    return kind == Kind.SAME ? "" : " (" + word(kind) + ")";
  }

  private static String word(Kind kind) {
    return kind == Kind.SAME ? "" : kind.name().toLowerCase(Locale.ROOT);
  }

  private static String cell(String text) {
    return text.replace("\\", "\\\\").replace("|", "\\|").replace('\n', ' ').replace('\r', ' ');
  }

  /** More backticks than the text has in a row; a pipe would end the cell even in code. */
  private static String code(String text) {
    if (text.isEmpty()) {
      return "";
    }
    String fence = "`";
    while (text.contains(fence)) {
      fence += "`";
    }
    String pad = fence.length() > 1 ? " " : "";
    return fence + pad + text.replace("|", "\\|").replaceAll("\\s+", " ") + pad + fence;
  }

  /**
   * Mermaid's {@code erDiagram}: changed tables, the attribute's comment says what became of it.
   */
  static String mermaid(SchemaChange change) {
    var out = new StringBuilder("erDiagram\n");
    List<TableChange> changed = change.changed();
    for (TableChange table : changed) {
      out.append("    ").append(quoted(table.name())).append(" {\n");
      for (Item column : table.columns()) {
        out.append("        ")
            .append(attributeType(column.type()))
            .append(' ')
            .append(attribute(column.name()));
        if (column.kind() != Kind.SAME) {
          out.append(" \"").append(word(column.kind())).append('"');
        }
        out.append('\n');
      }
      out.append("    }\n");
    }
    for (ForeignKey key : ForeignKey.among(changed)) {
      out.append("    ")
          .append(quoted(key.to()))
          .append(" ||--o{ ")
          .append(quoted(key.from()))
          .append(" : \"")
          .append(key.name().replace('"', '\''))
          .append("\"\n");
    }
    return out.toString();
  }

  private static String quoted(String name) {
    return '"' + name.replace('"', '\'') + '"';
  }

  private static String attribute(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
    return plain.matches("[A-Za-z_].*") ? plain : "_" + plain;
  }

  private static String attributeType(String type) {
    String plain = type.replaceAll("[^A-Za-z0-9_()\\[\\]]", "_");
    return plain.matches("[A-Za-z_].*") ? plain : "_" + plain;
  }
}
