package dev.rubicon.document;

import static dev.rubicon.document.Markdown.code;

import dev.rubicon.document.Change.ColumnPair;
import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entry for the owner's change log, in the form of <i>Keep a Changelog</i>: what clients find
 * added, changed and removed. Indexes and triggers are nothing that a client names.
 */
public final class ChangeLogEntry {
  private final List<String> added = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  private ChangeLogEntry(Optional<Change> change) {
    change.ifPresent(known -> known.tables().forEach(this::table));
  }

  /**
   * @param change empty where nobody knows what changed: the owner's words stand alone
   * @param heading of the section, e.g. a day and what was rolled out
   * @param text in the owner's own words
   */
  public static String markdown(Optional<Change> change, String heading, String text) {
    var entry = new ChangeLogEntry(change);
    var out = new StringBuilder("## ").append(Markdown.text(heading)).append('\n');
    out.append('\n').append(Markdown.text(text)).append('\n');
    section(out, "Added", entry.added);
    section(out, "Changed", entry.changed);
    section(out, "Removed", entry.removed);
    return out.toString();
  }

  private static void section(StringBuilder out, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      out.append("\n### ").append(title).append("\n\n");
      lines.forEach(line -> out.append("- ").append(line).append('\n'));
    }
  }

  private void table(TablePair table) {
    String name = code(table.name().toString());
    String kind = Character.toUpperCase(table.shown().kind().charAt(0)) + kindTail(table);
    switch (table.kind()) {
      case SAME -> {
        // Nothing to tell.
      }
      case ADDED -> added.add(kind + " " + name + columns(table) + ".");
      case REMOVED -> removed.add(kind + " " + name + ".");
      case CHANGED -> {
        String was = table.before().orElseThrow().kind();
        if (!was.equals(table.shown().kind())) {
          changed.add(name + " is a " + table.shown().kind() + " now; it was a " + was + ".");
        }
        table.columns().forEach(column -> column(name, column));
        table.objects().stream()
            .filter(object -> object.kind() != Kind.SAME)
            .filter(object -> object.name().startsWith("constraint "))
            .filter(object -> !object.shown().startsWith("NOT NULL"))
            .forEach(
                object ->
                    list(object.kind())
                        .add(name + ": " + constraint(object.before(), object.after()) + "."));
      }
    }
  }

  private static String kindTail(TablePair table) {
    return table.shown().kind().substring(1);
  }

  private static String columns(TablePair table) {
    List<String> names = table.columns().stream().map(c -> code(c.shown().name())).toList();
    return names.isEmpty() ? "" : " with " + String.join(", ", names);
  }

  private static String constraint(String before, String after) {
    return before.isEmpty() || after.isEmpty()
        ? code(before + after)
        : code(before) + " became " + code(after);
  }

  private void column(String table, ColumnPair pair) {
    String name = table + ": column " + code(pair.shown().name());
    switch (pair.kind()) {
      case SAME -> {
        // Nothing to tell.
      }
      case ADDED -> {
        DescribedColumn now = pair.shown();
        boolean must = now.notNull() && now.value().isEmpty();
        added.add(
            name + " " + code(now.type()) + (must ? ", which every INSERT must name" : "") + ".");
      }
      case REMOVED -> removed.add(name + ".");
      case CHANGED -> difference(name, pair);
    }
  }

  private void difference(String name, ColumnPair pair) {
    DescribedColumn old = pair.before().orElseThrow();
    DescribedColumn now = pair.after().orElseThrow();
    var parts = new ArrayList<String>();
    if (!old.type().equals(now.type())) {
      parts.add("is " + code(now.type()) + ", was " + code(old.type()));
    }
    if (old.notNull() != now.notNull()) {
      parts.add(now.notNull() ? "takes no NULL any more" : "may be NULL");
    }
    if (!old.value().equals(now.value())) {
      parts.add(
          now.value().isEmpty()
              ? "has no default any more, was " + code(old.value())
              : "has "
                  + code(now.value())
                  + (old.value().isEmpty() ? "" : ", was " + code(old.value())));
    }
    if (!parts.isEmpty()) {
      changed.add(name + " " + String.join("; ", parts) + ".");
    }
  }

  private List<String> list(Kind kind) {
    return switch (kind) {
      case ADDED -> added;
      case REMOVED -> removed;
      case CHANGED, SAME -> changed;
    };
  }
}
