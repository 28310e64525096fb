package dev.rubicon.document;

import static dev.rubicon.document.Markdown.code;

import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedTable.Reference;
import dev.rubicon.postgres.RelationName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * All files of a documentation by their names: {@code README.md} with what there is, the
 * dictionary, a folder of diagrams, and where something changed an entry for a change log.
 */
public final class Documents {
  /** After that no further picture is laid out: its relations have their text. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Change change;
  private final String title;
  private final Optional<String> changeLog;
  private final long end;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final StringBuilder index = new StringBuilder();

  private Documents(Change change, String title, Optional<String> changeLog, Duration patience) {
    this.change = change;
    this.title = title;
    this.changeLog = changeLog;
    this.end = System.nanoTime() + patience.toNanos();
  }

  /**
   * @param title one line
   * @param changeLog Markdown, where there is something to tell
   * @return content by path, in an order to read them in
   */
  public static Map<String, byte[]> of(Change change, String title, Optional<String> changeLog) {
    return of(change, title, changeLog, PATIENCE);
  }

  /**
   * @param patience how long pictures may take
   */
  public static Map<String, byte[]> of(
      Change change, String title, Optional<String> changeLog, Duration patience) {
    return new Documents(change, title, changeLog, patience).written();
  }

  private Map<String, byte[]> written() {
    index.append("# ").append(Markdown.text(title)).append("\n\n");
    index.append("- [Data dictionary](dictionary.md)\n");
    changeLog.ifPresent(text -> index.append("- [Change log](changelog.md)\n"));
    List<RelationSet> sets = RelationSet.of(drawn());
    var pictures = new LinkedHashMap<String, byte[]>();
    for (int i = 0; i < sets.size(); i++) {
      picture(pictures, sets.get(i), i + 1, sets.size());
    }
    put("README.md", index.toString());
    put("dictionary.md", Dictionary.markdown(change));
    changeLog.ifPresent(text -> put("changelog.md", text));
    files.putAll(pictures);
    return files;
  }

  /** Everything; of a change what changed, and what it points at or is pointed at by. */
  private List<TablePair> drawn() {
    List<TablePair> all = change.tables();
    if (change.before().isEmpty()) {
      return all;
    }
    var near = new TreeSet<RelationName>();
    for (TablePair table : all) {
      List<RelationName> to = table.shown().references().stream().map(Reference::to).toList();
      if (table.kind() != Kind.SAME) {
        near.add(table.name());
        near.addAll(to);
      } else if (all.stream().anyMatch(o -> o.kind() != Kind.SAME && to.contains(o.name()))) {
        near.add(table.name());
      }
    }
    return all.stream().filter(table -> near.contains(table.name())).toList();
  }

  private void picture(Map<String, byte[]> pictures, RelationSet set, int number, int of) {
    String name =
        "diagrams/"
            + String.format(Locale.ROOT, of > 99 ? "%03d-" : "%02d-", number)
            + fileName(set.about());
    var forms = new ArrayList<String>();
    pictures.put(name + ".mmd", bytes(Mermaid.of(set.tables())));
    forms.add("[Mermaid](" + name + ".mmd)");
    boolean late = System.nanoTime() >= end;
    if (!late) {
      String svg = Svg.of(Drawing.of(set.tables()), title + ": " + set.about());
      pictures.put(name + ".svg", bytes(svg));
      forms.add("[SVG](" + name + ".svg)");
      Png.of(svg)
          .ifPresentOrElse(
              png -> {
                pictures.put(name + ".png", png);
                forms.add("[PNG](" + name + ".png)");
              },
              () ->
                  forms.add(
                      "no PNG: the Java that wrote this cannot draw text, mostly for want of"
                          + " fonts"));
    }
    index.append("\n## Diagram ").append(number).append(": around ");
    index.append(code(set.about().toString())).append("\n\n").append(String.join(", ", forms));
    index.append(late ? " (no picture: too many for the time that is given to them)" : "");
    index.append("\n\n");
    set.tables()
        .forEach(
            table -> index.append("- ").append(code(table.name().toString())).append(mark(table)));
  }

  private static String mark(TablePair table) {
    return (table.kind() == Kind.SAME ? "" : " (" + table.kind().word() + ")") + "\n";
  }

  /** As every file system and object store takes it; the number before it tells equals apart. */
  private static String fileName(RelationName name) {
    String plain =
        name.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-").replaceAll("^-|-$", "");
    return plain.isEmpty() ? "relations" : plain.substring(0, Math.min(60, plain.length()));
  }

  private void put(String name, String text) {
    files.put(name, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
