package dev.rubicon.shadow;

import static dev.rubicon.transition.Bench.map;

import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A relation of random shape, and what must stand on both sides of it, reckoned in Java: it shares
 * no expression, no SQL and no code with the engine.
 */
final class Generated {
  final String legacy;
  final String canonical;
  private final Random random;
  private final boolean textKey;
  private final boolean partitioned;
  private final List<Column> columns = new ArrayList<>();

  /** Key to the row as each side must show it, cells as text; null is NULL. */
  final Map<String, Row> rows = new TreeMap<>();

  final List<String> script = new ArrayList<>();
  private int next = 1;

  record Row(Map<String, String> old, Map<String, String> now) {}

  /**
   * One mapping: legacy columns to canonical columns.
   *
   * @param up canonical column to its value for a legacy row
   * @param down legacy column to its value for a canonical row
   */
  private record Column(
      String oldDdl,
      String newDdl,
      Optional<Runbook.ColumnMapping> mapping,
      List<String> olds,
      List<String> news,
      Map<String, List<String>> readsOld,
      Map<String, List<String>> readsNew,
      Map<String, Function<Map<String, String>, String>> up,
      Map<String, Function<Map<String, String>, String>> down,
      Function<Random, String> oldValue,
      Function<Random, String> newValue) {}

  Generated(int number, Random random) {
    this.legacy = "old_" + number;
    this.canonical = "new_" + number;
    this.random = random;
    this.textKey = random.nextInt(3) == 0;
    this.partitioned = random.nextInt(3) == 0;
    int wanted = 1 + random.nextInt(5);
    for (int i = 0; i < wanted; i++) {
      columns.add(column(i));
    }
  }

  private static final String[] WORDS = {"ann", "Bob", "cy dee", "x y z", "", "Ü ß", "a'b", "1.0"};

  private static String word(Random random) {
    return random.nextInt(6) == 0 ? null : WORDS[random.nextInt(WORDS.length)];
  }

  private Column column(int i) {
    String a = "a" + i;
    String b = "b" + i;
    return switch (random.nextInt(7)) {
      case 0 -> same(a, "text", Generated::word);
      case 1 ->
          same(
              a,
              "numeric(10,2)",
              r -> r.nextInt(5) == 0 ? null : r.nextInt(90) + "." + (10 + r.nextInt(90)));
      case 2 -> same(a, "jsonb", r -> r.nextBoolean() ? null : "{\"k\": " + r.nextInt(3) + "}");
      case 3 -> same(a, "integer[]", r -> "{" + r.nextInt(4) + "," + r.nextInt(4) + "}");
      case 4 -> // renamed
          pair(a, "r_" + a, "text", a, "r_" + a, v -> v, v -> v, Generated::word, Generated::word);
      case 5 -> // loses information both ways
          pair(
              a,
              "f_" + a,
              "text",
              "split_part(" + a + ", ' ', 1)",
              "f_" + a + " || ' ?'",
              v -> v == null ? null : v.split(" ", -1)[0],
              v -> v == null ? null : v + " ?",
              Generated::word,
              r -> r.nextInt(6) == 0 ? null : "w" + r.nextInt(9));
      default -> joined(a, b, "j_" + a);
    };
  }

  private static Column same(String name, String type, Function<Random, String> value) {
    Function<Map<String, String>, String> get = row -> row.get(name);
    return new Column(
        name + " " + type,
        name + " " + type,
        Optional.empty(),
        List.of(name),
        List.of(name),
        Map.of(name, List.of(name)),
        Map.of(name, List.of(name)),
        Map.of(name, get),
        Map.of(name, get),
        value,
        value);
  }

  private static Column pair(
      String old,
      String now,
      String type,
      String up,
      String down,
      Function<String, String> forth,
      Function<String, String> back,
      Function<Random, String> oldValue,
      Function<Random, String> newValue) {
    return new Column(
        old + " " + type,
        now + " " + type,
        Optional.of(map(now, "", up, Map.of(old, down))),
        List.of(old),
        List.of(now),
        Map.of(now, List.of(old)),
        Map.of(old, List.of(now)),
        Map.of(now, row -> forth.apply(row.get(old))),
        Map.of(old, row -> back.apply(row.get(now))),
        oldValue,
        newValue);
  }

  /** Two legacy columns in one canonical column. */
  private static Column joined(String a, String b, String now) {
    var down = new LinkedHashMap<String, String>();
    down.put(a, "split_part(" + now + ", '/', 1)");
    down.put(b, "split_part(" + now + ", '/', 2)");
    Function<Random, String> part = r -> "p" + r.nextInt(9);
    return new Column(
        a + " text, " + b + " text",
        now + " text",
        Optional.of(
            map(now, "", "coalesce(" + a + ", '') || '/' || coalesce(" + b + ", '')", down)),
        List.of(a, b),
        List.of(now),
        Map.of(now, List.of(a, b)),
        Map.of(a, List.of(now), b, List.of(now)),
        Map.of(
            now,
            row ->
                Objects.requireNonNullElse(row.get(a), "")
                    + "/"
                    + Objects.requireNonNullElse(row.get(b), "")),
        Map.of(a, row -> row.get(now).split("/", -1)[0], b, row -> row.get(now).split("/", -1)[1]),
        part,
        r -> part.apply(r) + "/" + part.apply(r));
  }

  List<String> createLegacy() {
    var ddl = new StringBuilder("CREATE TABLE " + legacy + " (id ");
    ddl.append(textKey ? "text" : "integer").append(" PRIMARY KEY, kept text DEFAULT 'mine'");
    columns.forEach(c -> ddl.append(", ").append(c.oldDdl()));
    return List.of(ddl.append(")").toString());
  }

  String createCanonical() {
    var ddl = new StringBuilder("CREATE TABLE " + canonical + " (id ");
    ddl.append(textKey ? "text" : "bigint").append(" PRIMARY KEY, added text DEFAULT 'theirs'");
    columns.forEach(c -> ddl.append(", ").append(c.newDdl()));
    ddl.append(")");
    if (partitioned) {
      ddl.append(" PARTITION BY HASH (id);\n");
      for (int i = 0; i < 2; i++) {
        ddl.append(
            "CREATE TABLE %s_%d PARTITION OF %s FOR VALUES WITH (MODULUS 2, REMAINDER %d);\n"
                .formatted(canonical, i, canonical, i));
      }
      return ddl.toString();
    }
    return ddl.append(";\n").toString();
  }

  Runbook.Shadow shadow() {
    return new Runbook.Shadow(
        "public." + canonical, Optional.empty(), Runbook.LegacyName.KEEP, List.of());
  }

  Runbook.ColumnMapping[] mappings() {
    return columns.stream()
        .map(Column::mapping)
        .flatMap(Optional::stream)
        .toArray(Runbook.ColumnMapping[]::new);
  }

  /** One random statement on one side; the reckoning follows. */
  String step(boolean onCanonical) {
    String sql =
        switch (rows.isEmpty() ? 0 : random.nextInt(10)) {
          case 0, 1, 2 -> insert(onCanonical);
          case 3 -> delete(onCanonical);
          case 4 -> rekey(onCanonical);
          default -> update(onCanonical);
        };
    script.add(sql);
    return sql;
  }

  private String key() {
    return textKey ? "k" + next++ : Integer.toString(next++);
  }

  private String some() {
    var keys = new ArrayList<>(rows.keySet());
    return keys.get(random.nextInt(keys.size()));
  }

  private static String literal(String value) {
    return value == null ? "NULL" : "'" + value.replace("'", "''") + "'";
  }

  private String insert(boolean onCanonical) {
    String key = key();
    var written = new TreeMap<String, String>();
    var names = new StringBuilder("id");
    var values = new StringBuilder(literal(key));
    for (Column column : columns) {
      for (String name : onCanonical ? column.news() : column.olds()) {
        String value = (onCanonical ? column.newValue() : column.oldValue()).apply(random);
        written.put(name, value);
        names.append(", ").append(name);
        values.append(", ").append(literal(value));
      }
    }
    var other = new TreeMap<String, String>();
    columns.forEach(
        column ->
            (onCanonical ? column.down() : column.up())
                .forEach((name, value) -> other.put(name, value.apply(written))));
    (onCanonical ? written : other).put("added", "theirs");
    (onCanonical ? other : written).put("kept", "mine");
    rows.put(key, onCanonical ? new Row(other, written) : new Row(written, other));
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(onCanonical ? canonical : legacy, names, values);
  }

  private String delete(boolean onCanonical) {
    String key = some();
    rows.remove(key);
    return "DELETE FROM " + (onCanonical ? canonical : legacy) + " WHERE id = " + literal(key);
  }

  private String rekey(boolean onCanonical) {
    String from = some();
    String to = key();
    rows.put(to, rows.remove(from));
    return "UPDATE %s SET id = %s WHERE id = %s"
        .formatted(onCanonical ? canonical : legacy, literal(to), literal(from));
  }

  private String update(boolean onCanonical) {
    String key = some();
    Row row = rows.get(key);
    Map<String, String> mine = onCanonical ? row.now() : row.old();
    Map<String, String> theirs = onCanonical ? row.old() : row.now();
    var changed = new ArrayList<String>();
    var sets = new ArrayList<String>();
    for (Column column : columns) {
      for (String name : onCanonical ? column.news() : column.olds()) {
        if (random.nextBoolean()) {
          String value = (onCanonical ? column.newValue() : column.oldValue()).apply(random);
          sets.add(name + " = " + literal(value));
          if (!Objects.equals(mine.put(name, value), value)) {
            changed.add(name);
          }
        }
      }
    }
    String own = onCanonical ? "added" : "kept";
    String note = "n" + random.nextInt(100);
    mine.put(own, note);
    sets.add(own + " = " + literal(note));
    for (Column column : columns) {
      (onCanonical ? column.readsNew() : column.readsOld())
          .forEach(
              (name, reads) -> {
                if (reads.stream().anyMatch(changed::contains)) {
                  var value = (onCanonical ? column.down() : column.up()).get(name).apply(mine);
                  theirs.put(name, value);
                }
              });
    }
    return "UPDATE %s SET %s WHERE id = %s"
        .formatted(onCanonical ? canonical : legacy, String.join(", ", sets), literal(key));
  }

  /** What a side must show: key, then cells in the order of their names. */
  List<String> expected(boolean ofCanonical) {
    return rows.entrySet().stream()
        .map(
            e -> {
              var cells = ofCanonical ? e.getValue().now() : e.getValue().old();
              return e.getKey()
                  + "|"
                  + cells.values().stream()
                      .map(v -> v == null ? "~" : v)
                      .collect(java.util.stream.Collectors.joining("|"));
            })
        .sorted()
        .toList();
  }

  /** The query whose rows are to be compared with {@link #expected}. */
  String query(boolean ofCanonical) {
    Map<String, String> names = new TreeMap<>();
    names.put(ofCanonical ? "added" : "kept", "");
    columns.forEach(c -> (ofCanonical ? c.news() : c.olds()).forEach(n -> names.put(n, "")));
    return "SELECT id::text, "
        + String.join("::text, ", names.keySet())
        + "::text FROM "
        + (ofCanonical ? canonical : legacy);
  }
}
