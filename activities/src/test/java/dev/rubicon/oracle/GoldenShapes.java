package dev.rubicon.oracle;

import static dev.rubicon.transition.Bench.map;

import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** The shapes that have golden files: what the oracle draws, and by hand what it does not draw. */
final class GoldenShapes {
  /** Drawn for no server in particular, so that every one is asked for the same shapes. */
  private static final Server ANY = new Server(15, false);

  private static final long SEEDS = 60;

  /** Three digits, which no other number in a name has. */
  private static final int FIRST = 100;

  private GoldenShapes() {}

  static List<GoldenShape> all() {
    var shapes = new ArrayList<GoldenShape>();
    for (Case.Kind kind : Case.Kind.values()) {
      shapes.addAll(drawn(kind));
    }
    shapes.add(mappedKeys());
    shapes.add(readBack());
    shapes.add(readBackInPartitions());
    shapes.add(partsReadBack());
    shapes.add(rowsWithComputedKeys());
    return shapes;
  }

  /** Of a range of seeds so many that nothing which any of them has is missing. */
  private static List<GoldenShape> drawn(Case.Kind kind) {
    int number = FIRST;
    while (Case.Kind.of(number) != kind) {
      number++;
    }
    var features = new TreeMap<Long, List<String>>();
    for (long seed = 0; seed < SEEDS; seed++) {
      features.put(seed, ShapeFeatures.of(shape(number, seed)));
    }
    var missing = new HashSet<>(features.values().stream().flatMap(List::stream).toList());
    var shapes = new ArrayList<GoldenShape>();
    for (int n = number; !missing.isEmpty(); n += Case.Kind.DECK) {
      long seed =
          Collections.max(
              features.keySet(),
              Comparator.comparingLong(
                  s -> features.get(s).stream().filter(missing::contains).count()));
      features.get(seed).forEach(missing::remove);
      String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + seed;
      shapes.add(GoldenShape.of(n, name, features.get(seed), shape(n, seed)));
    }
    return shapes;
  }

  private static Shape shape(int number, long seed) {
    return new Case(number, new Random(seed), ANY).shape;
  }

  private static Runbook.Transition shadow(String from, Shadow shadow, ColumnMapping... columns) {
    return new Runbook.Transition(
        from, Runbook.Transition.Kind.SHADOW, List.of(columns), Optional.of(shadow));
  }

  private static GoldenShape hand(
      int number,
      String name,
      List<String> legacy,
      List<String> migration,
      Runbook.Transition... all) {
    List<String> undo =
        migration.stream()
            .filter(s -> s.startsWith("CREATE TABLE") && !s.contains("PARTITION OF"))
            .map(s -> "DROP TABLE " + s.split(" ")[2])
            .toList()
            .reversed();
    return new GoldenShape(
        number,
        name,
        List.of("by hand"),
        legacy,
        migration,
        undo,
        List.of(all),
        List.of(),
        List.of());
  }

  /** Numbers become uuids, in a relation and in one that points at it. */
  private static GoldenShape mappedKeys() {
    return hand(
        901,
        "mapped-keys",
        List.of(
            "CREATE TABLE users_901 (id serial PRIMARY KEY, name text, boss int REFERENCES"
                + " users_901)",
            "CREATE TABLE orders_901 (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES"
                + " users_901 ON DELETE CASCADE, amount numeric)"),
        List.of(
            "CREATE TABLE users_next_901 (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text,"
                + " boss uuid)",
            "CREATE TABLE orders_next_901 (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id"
                + " uuid NOT NULL, amount numeric)"),
        shadow(
            "public.orders_901",
            new Shadow(
                "public.orders_901",
                Optional.of("public.orders_next_901"),
                LegacyName.HIDE,
                List.of(
                    new ForeignKey(
                        "orders_user_901",
                        "FOREIGN KEY (user_id) REFERENCES users_next_901 (id) ON DELETE CASCADE"))),
            map("id", "", "mapped(id)", Map.of("id", "mapped(id)")),
            map(
                "user_id",
                "",
                "mapped(user_id, public.users_901)",
                Map.of("user_id", "mapped(user_id, public.users_901)"))),
        shadow(
            "public.users_901",
            new Shadow(
                "public.users_901",
                Optional.of("public.users_next_901"),
                LegacyName.HIDE,
                List.of()),
            map("id", "", "mapped(id)", Map.of("id", "mapped(id)")),
            map(
                "boss",
                "",
                "mapped(boss, public.users_901)",
                Map.of("boss", "mapped(boss, public.users_901)"))));
  }

  static final String TOUCH =
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
          + " 'BEGIN NEW.note := lower(NEW.note); RETURN NEW; END'";

  private static String touches(String table) {
    return "CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON "
        + table
        + " FOR EACH ROW EXECUTE FUNCTION touch()";
  }

  /** Triggers of both sides change what is written; one sequence makes both sides' numbers. */
  private static GoldenShape readBack() {
    return hand(
        902,
        "read-back",
        List.of(
            "CREATE TABLE old_902 (id serial PRIMARY KEY, name text, note text)",
            touches("old_902")),
        List.of(
            "CREATE TABLE now_902 (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text,"
                + " note text)",
            touches("now_902")),
        shadow(
            "public.old_902",
            new Shadow("public.now_902", Optional.empty(), LegacyName.VIEW, List.of()),
            map("title", "", "upper(name)", Map.of("name", "lower(title)"))));
  }

  private static GoldenShape readBackInPartitions() {
    return hand(
        903,
        "read-back-in-partitions",
        List.of(
            "CREATE TABLE old_903 (id serial, place int, note text, PRIMARY KEY (id, place))"
                + " PARTITION BY RANGE (place)",
            "CREATE TABLE old_low_903 PARTITION OF old_903 FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE old_high_903 PARTITION OF old_903 DEFAULT",
            touches("old_903")),
        List.of(
            "CREATE TABLE now_903 (id bigserial, place text, note text, PRIMARY KEY (id, place))"
                + " PARTITION BY LIST (place)",
            "CREATE TABLE now_one_903 PARTITION OF now_903 FOR VALUES IN ('1')",
            "CREATE TABLE now_rest_903 PARTITION OF now_903 DEFAULT",
            touches("now_903")),
        shadow(
            "public.old_903",
            new Shadow("public.now_903", Optional.empty(), LegacyName.KEEP, List.of()),
            map("place", "", "place::text", Map.of("place", "place::integer"))));
  }

  /** A split by columns whose relations all have triggers; the part has a default to go back to. */
  private static GoldenShape partsReadBack() {
    return hand(
        904,
        "parts-read-back",
        List.of(
            "CREATE TABLE old_904 (id int PRIMARY KEY, name text, note text DEFAULT 'none')",
            touches("old_904")),
        List.of(
            "CREATE TABLE head_904 (id int PRIMARY KEY, name text)",
            "CREATE TABLE part_904 (of_id int PRIMARY KEY, note text)",
            touches("part_904")),
        shadow(
            "public.old_904",
            new Shadow("public.head_904", Optional.empty(), LegacyName.KEEP, List.of())),
        shadow(
            "public.old_904",
            new Shadow(
                "public.part_904",
                Optional.empty(),
                LegacyName.KEEP,
                List.of(
                    new ForeignKey(
                        "part_of_904",
                        "FOREIGN KEY (of_id) REFERENCES head_904 (id) ON DELETE CASCADE ON UPDATE"
                            + " CASCADE")),
                Optional.of("note <> 'none'"),
                Optional.empty(),
                PartOf.LEGACY),
            map("of_id", "", "id", Map.of("id", "of_id"))));
  }

  /** Merged by rows, with a key that may lead to another row. */
  private static GoldenShape rowsWithComputedKeys() {
    var transitions = new ArrayList<Runbook.Transition>();
    for (String kind : List.of("a", "b")) {
      transitions.add(
          shadow(
              "public." + kind + "_905",
              new Shadow(
                  "public.w_905",
                  Optional.empty(),
                  LegacyName.KEEP,
                  List.of(),
                  Optional.empty(),
                  Optional.of("kind = '" + kind + "'"),
                  PartOf.NEITHER),
              map("id", "", "lower(id)", Map.of("id", "id")),
              map("kind", "", "'" + kind + "'::text", Map.of())));
    }
    return hand(
        905,
        "rows-with-computed-keys",
        List.of(
            "CREATE TABLE a_905 (id text PRIMARY KEY, note text)",
            "CREATE TABLE b_905 (id text PRIMARY KEY, note text)",
            touches("b_905")),
        List.of(
            "CREATE TABLE w_905 (id text PRIMARY KEY, note text, kind text NOT NULL DEFAULT 'a')",
            touches("w_905")),
        transitions.toArray(Runbook.Transition[]::new));
  }
}
