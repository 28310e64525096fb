package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.figure;
import static dev.rubicon.report.Markup.low;
import static dev.rubicon.report.Markup.none;
import static dev.rubicon.report.Markup.pill;

import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.Kind;
import dev.rubicon.report.SchemaChange.TableChange;

/** What became of the schema: drawn, and as a dictionary. */
final class SchemaSections {
  private final Report report;

  SchemaSections(Report report) {
    this.report = report;
  }

  String schema() {
    var out = new StringBuilder("<p>").append(esc(report.schemaBasis())).append("</p>");
    if (report.schema().isEmpty()) {
      return out.toString();
    }
    var change = report.schema().get();
    if (change.changed().isEmpty()) {
      return out.append(none("No table changed.")).toString();
    }
    out.append(
        "<p class=\"legend\"><span class=\"added\">+ added</span> <span class=\"removed\">−"
            + " removed</span> <span class=\"changed\">~ changed</span></p>");
    out.append(figure(new SchemaDiagram(change).svg()));
    out.append("<details><summary>As Mermaid text</summary><pre>");
    return out.append(esc(report.mermaid())).append("</pre></details>").toString();
  }

  String dictionary() {
    if (report.schema().isEmpty()) {
      return none(report.schemaBasis());
    }
    var out = new StringBuilder();
    for (TableChange table : report.schema().get().tables()) {
      out.append(table.changed() ? "<details open>" : "<details>");
      out.append("<summary><b>")
          .append(esc(table.name()))
          .append("</b> ")
          .append(mark(table.kind()));
      out.append(
          "</summary><div class=\"wide\"><table class=\"dictionary\"><colgroup><col"
              + " style=\"width:23%\"><col style=\"width:27%\"><col style=\"width:27%\"><col"
              + " style=\"width:9%\"><col></colgroup><thead><tr><th>column</th>"
              + "<th>before</th><th>after</th><th></th><th>comment</th></tr></thead><tbody>");
      table.columns().forEach(column -> item(out, column));
      table.objects().forEach(object -> item(out, object));
      out.append("</tbody></table></div></details>");
    }
    out.append("<details><summary>As Markdown</summary><pre>");
    return out.append(esc(report.dictionary())).append("</pre></details>").toString();
  }

  private static void item(StringBuilder out, Item item) {
    out.append("<tr class=\"").append(low(item.kind().name())).append("\"><td>");
    out.append(esc(item.name())).append("</td><td><code>").append(esc(item.before()));
    out.append("</code></td><td><code>").append(esc(item.after())).append("</code></td><td>");
    out.append(mark(item.kind())).append("</td><td>").append(esc(item.comment()));
    out.append("</td></tr>");
  }

  private static String mark(Kind kind) {
    return switch (kind) {
      case ADDED -> pill("good", "added");
      case REMOVED -> pill("bad", "removed");
      case CHANGED -> pill("warn", "changed");
      case SAME -> "";
    };
  }
}
