package dev.rubicon.document;

import static dev.rubicon.document.Markdown.code;
import static dev.rubicon.document.Markdown.text;

import dev.rubicon.document.Change.ColumnPair;
import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Change.ObjectPair;
import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedColumn;
import dev.rubicon.document.schema.DescribedTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data dictionary as Markdown: a section for each relation, before and after. */
public final class Dictionary {
  private final Change change;
  private final boolean compares;
  private final StringBuilder out = new StringBuilder("# Data dictionary\n");

  private Dictionary(Change change) {
    this.change = change;
    this.compares = change.before().isPresent();
  }

  public static String markdown(Change change) {
    return new Dictionary(change).written();
  }

  private String written() {
    List<TablePair> tables = change.tables();
    contents(tables);
    tables.forEach(this::table);
    return out.toString();
  }

  private void contents(List<TablePair> tables) {
    long changed = tables.stream().filter(table -> table.kind() != Kind.SAME).count();
    out.append('\n').append(tables.size()).append(tables.size() == 1 ? " relation" : " relations");
    out.append(compares ? ", " + changed + " of them changed.\n" : ".\n");
  }

  private void table(TablePair table) {
    out.append("\n## ").append(code(table.name().toString())).append(mark(table.kind()));
    out.append("\n\n").append(facts(table)).append('\n');
    String comment = table.shown().comment();
    if (!comment.isBlank()) {
      out.append('\n').append(text(comment)).append('\n');
    }
    out.append(
        compares
            ? "\n| column | before | after | | keys | comment |\n|---|---|---|---|---|---|\n"
            : "\n| column | type | null | default | keys | comment |\n|---|---|---|---|---|---|\n");
    table.columns().forEach(column -> out.append(compares ? compared(column) : plain(column)));
    objects(table.objects());
  }

  private static String facts(TablePair table) {
    String owner = table.shown().owner();
    String before = table.before().map(DescribedTable::owner).orElse("");
    String kind = table.shown().kind();
    String was = table.before().map(DescribedTable::kind).orElse(kind);
    return Stream.of(
            was.equals(kind) ? kind : kind + " (before: " + was + ")",
            owner.isEmpty() ? "" : "owned by " + code(owner),
            before.isEmpty() || before.equals(owner) || owner.isEmpty()
                ? ""
                : "before by " + code(before))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String compared(ColumnPair column) {
    return row(
        code(column.shown().name()),
        column.before().map(Dictionary::definition).orElse(""),
        column.after().map(Dictionary::definition).orElse(""),
        column.kind().word(),
        keys(column.shown()),
        text(column.shown().comment()));
  }

  private static String definition(DescribedColumn column) {
    return code(
        Stream.of(column.type(), column.value(), column.notNull() ? "NOT NULL" : "")
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" ")));
  }

  private static String plain(ColumnPair pair) {
    DescribedColumn column = pair.shown();
    return row(
        code(column.name()),
        code(column.type()),
        column.notNull() ? "no" : "yes",
        code(column.value().replaceFirst("^DEFAULT ", "")),
        keys(column),
        text(column.comment()));
  }

  private static String keys(DescribedColumn column) {
    return column.keys().stream().map(Markdown::text).collect(Collectors.joining(", "));
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private void objects(List<ObjectPair> objects) {
    if (objects.isEmpty()) {
      return;
    }
    out.append('\n');
    for (ObjectPair object : objects) {
      int blank = object.name().indexOf(' ');
      out.append("- ").append(object.name(), 0, blank).append(' ');
      out.append(code(object.name().substring(blank + 1))).append(": ");
      out.append(code(object.shown())).append(mark(object.kind()));
      Optional.of(object)
          .filter(changed -> changed.kind() == Kind.CHANGED)
          .ifPresent(changed -> out.append(", before ").append(code(changed.before())));
      out.append('\n');
    }
  }

  private static String mark(Kind kind) {
    return kind == Kind.SAME ? "" : " (" + kind.word() + ")";
  }
}
