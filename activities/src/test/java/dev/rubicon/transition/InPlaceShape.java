package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;

import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyColumn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables and transitions that together use every branch of the generated SQL.
 *
 * @param table as SQL names it
 * @param writes what clients of either side write, once everything is installed
 */
record InPlaceShape(String name, Bench bench, String table, List<String> writes) {

  /** What JUnit prints. */
  @Override
  public String toString() {
    return name;
  }

  /** Reads the table back, without what differs from run to run. */
  String rows() {
    return "SELECT to_jsonb(t) - 'token' FROM " + table + " t ORDER BY id";
  }

  static List<InPlaceShape> all() {
    return List.of(severalOnBothSides(), oneWay(), partitioned(), names(), addedOnly());
  }

  /**
   * One group with several columns on each side and a default on each; a column that both shapes
   * have, of which an expression reads the row; a trigger of the owner's on INSERT.
   */
  private static InPlaceShape severalOnBothSides() {
    var bench =
        new Bench(
                """
                CREATE TABLE people (id bigint PRIMARY KEY, first_name text,
                  last_name text NOT NULL DEFAULT 'unknown', title text, country text)
                """,
                "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN NEW.country := upper(NEW.country); RETURN NEW; END'",
                "CREATE TRIGGER stamp BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION"
                    + " stamp()",
                "INSERT INTO people VALUES (1, 'Ada', 'Byron', 'Lady', 'GB')")
            .transition(
                "public.people",
                with(
                    map(
                        "full_name",
                        "text",
                        "first_name || ' ' || last_name",
                        ordered(
                            "first_name", "split_part(full_name, ' ', 1)",
                            "last_name", "split_part(full_name, ' ', 2)")),
                    "'nobody'",
                    false,
                    null),
                map(
                    "address",
                    "text",
                    "title || ' ' || last_name || ', ' || country",
                    Map.of("title", "split_part(address, ' ', 1)")));
    return new InPlaceShape(
        "several",
        bench,
        "people",
        List.of(
            "INSERT INTO people (id, first_name, title, country) VALUES (2, 'Bo', 'Dr', 'de')",
            "INSERT INTO people (id, full_name, address) VALUES (3, 'Cy Do', 'Ms Do, FR')",
            "INSERT INTO people (id, first_name, last_name, full_name)"
                + " VALUES (4, 'Ed', 'Fo', 'Gu Ha')",
            "UPDATE people SET address = 'Mx Byron, GB' WHERE id = 1",
            "UPDATE people SET country = 'IT' WHERE id <> 2",
            "UPDATE people SET title = 'Mr', full_name = 'Io Jo' WHERE id = 2"));
  }

  /**
   * A group without {@code up}; one with {@code up} for some of its columns; one whose legacy
   * column goes without {@code down}; one of which only a part is legacy's alone; columns that
   * legacy knows nothing of, with every kind of default; a comment.
   */
  private static InPlaceShape oneWay() {
    var bench =
        new Bench(
                """
                CREATE TABLE orders (id bigint PRIMARY KEY, remark text, code text DEFAULT 'none',
                  state text, amount numeric, unit text, label text, note text)
                """,
                "INSERT INTO orders VALUES (1, 'r', 'c-1', 'open', 1.0, 'EUR', '1 EUR', 'n')")
            .transition(
                "public.orders",
                map("remarks", "text", null, Map.of("remark", "remarks")),
                map("code_kind", "text", "split_part(code, '-', 1)", Map.of()),
                map(
                    "code_number",
                    "text",
                    null,
                    Map.of("code", "code_kind || '-' || coalesce(code_number, '0')")),
                map("status", "text", "upper(state)", Map.of()),
                map("price", "text", "amount || ' ' || unit", Map.of("label", "price")),
                map("price_note", "text", "note || unit", Map.of("note", "lower(price_note)")),
                with(map("place", "varchar(20)", null, Map.of()), "'home'", false, null),
                with(map("token", "uuid", null, Map.of()), "gen_random_uuid()", false, null),
                new ColumnMapping(
                    "extra",
                    "jsonb",
                    Optional.empty(),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Optional.empty(),
                    Optional.of("what else the customer's client knows")))
            .legacy("public.orders", "state", LegacyColumn.Action.DROP);
    bench.refused = true;
    return new InPlaceShape(
        "one-way",
        bench,
        "orders",
        List.of(
            "INSERT INTO orders (id, remark, code, state, amount, unit, note)"
                + " VALUES (2, 'r2', 'c-2', 'shut', 2, 'CHF', 'n2')",
            "INSERT INTO orders (id, remarks, code_kind, code_number, status, price, price_note)"
                + " VALUES (3, 'r3', 'k', '3', 'SHUT', '3 CHF', 'N3')",
            "INSERT INTO orders (id, remark, remarks, code, code_number, note, price_note)"
                + " VALUES (4, 'r4', 'R4', 'c-4', '4', 'n4', 'N4')",
            "UPDATE orders SET code_number = '9' WHERE id = 1",
            "UPDATE orders SET amount = 7, label = 'seven' WHERE id = 2",
            "UPDATE orders SET unit = 'USD' WHERE id < 3",
            "UPDATE orders SET remark = 'x', remarks = 'X', code = 'y-1', code_kind = 'Y'"
                + " WHERE id = 3"));
  }

  /** Shared columns on a partitioned table; a row that moves to another partition is not new. */
  private static InPlaceShape partitioned() {
    var bench =
        new Bench(
                """
                CREATE TABLE prices (id bigint, price numeric NOT NULL DEFAULT 0,
                  currency text NOT NULL, PRIMARY KEY (id, currency)) PARTITION BY LIST (currency)
                """,
                "CREATE TABLE prices_eur PARTITION OF prices FOR VALUES IN ('EUR')",
                "CREATE TABLE prices_other PARTITION OF prices DEFAULT",
                "INSERT INTO prices VALUES (1, 1.5, 'EUR'), (2, 2.5, 'CHF')")
            .transition(
                "public.prices",
                with(
                    map(
                        "cents",
                        "bigint",
                        "price * CASE currency WHEN 'JPY' THEN 1 ELSE 100 END",
                        Map.of("price", "cents / CASE currency WHEN 'JPY' THEN 1 ELSE 100.0 END")),
                    "0",
                    false,
                    null));
    return new InPlaceShape(
        "partitioned",
        bench,
        "prices",
        List.of(
            "INSERT INTO prices (id, price, currency) VALUES (3, 3.25, 'EUR')",
            "INSERT INTO prices (id, cents, currency) VALUES (4, 450, 'CHF')",
            "INSERT INTO prices (id, cents, price, currency) VALUES (5, 77, 5.5, 'CHF')",
            "UPDATE prices SET currency = 'JPY' WHERE id IN (3, 4)"));
  }

  /** Names that mean something else without their quotes. */
  private static InPlaceShape names() {
    var bench =
        new Bench(
                "CREATE SCHEMA \"Sales\"",
                """
                CREATE TABLE "Sales"."Order's ""Lines" (id int PRIMARY KEY, "Old Name" text DEFAULT 'it''s',
                  "select" text, "two
                lines" text)
                """,
                "INSERT INTO \"Sales\".\"Order's \"\"Lines\" VALUES (1, 'a', 'b', 'c')")
            .transition(
                "\"Sales\".\"Order's \"\"Lines\"",
                map("\"New Name\"", "text", "\"Old Name\"", Map.of("\"Old Name\"", "\"New Name\"")),
                map(
                    "\"100% $new\"",
                    "text",
                    "\"select\" || \"two\nlines\"",
                    Map.of("\"two\nlines\"", "right(\"100% $new\", 1)")));
    bench.schemas = List.of("Sales");
    return new InPlaceShape(
        "names",
        bench,
        "\"Sales\".\"Order's \"\"Lines\"",
        List.of(
            "INSERT INTO \"Sales\".\"Order's \"\"Lines\" (id, \"New Name\") VALUES (2, 'n')",
            "INSERT INTO \"Sales\".\"Order's \"\"Lines\" (id, \"select\", \"two\nlines\")"
                + " VALUES (3, 's', 't')",
            "UPDATE \"Sales\".\"Order's \"\"Lines\" SET \"100% $new\" = 'xyz' WHERE id = 1"));
  }

  /** Nothing to keep in step and no default to set late: the marker alone. */
  private static InPlaceShape addedOnly() {
    var bench =
        new Bench("CREATE TABLE plain (id int PRIMARY KEY)", "INSERT INTO plain VALUES (1)")
            .transition("public.plain", map("more", "text", null, Map.of()));
    return new InPlaceShape(
        "added-only",
        bench,
        "plain",
        List.of("INSERT INTO plain VALUES (2, 'm')", "UPDATE plain SET more = 'x' WHERE id = 1"));
  }

  private static Map<String, String> ordered(String... pairs) {
    var map = new LinkedHashMap<String, String>();
    for (int at = 0; at < pairs.length; at += 2) {
      map.put(pairs[at], pairs[at + 1]);
    }
    return map;
  }
}
