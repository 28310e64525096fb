package dev.rubicon.transition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Schemas, relations, columns, constraints, indexes, triggers, policies, sequences and roles may
 * have any name that PostgreSQL takes: through every phase, there, back, there again and to the
 * end, and through an abort, a client's statements do what they do on a table of plain names.
 */
@Turn
@Tag("slow")
@LocalServer("a database in another encoding, of another test, cannot read the names of its roles")
class OddNamesTest {
  @TempDir private static Path folder;
  private static LocalPostgres server;
  private static int databases;

  /** Each is a name that breaks whatever puts it into a text without quoting it for that text. */
  private static final List<String> NAMES =
      List.of(
          "say \"hi\" it's",
          "a.b.c",
          "100%s %I $1 ${n} {0} [#if x]",
          "$body$ $$ $1$",
          "back\\slash \\n E'\\''",
          "two\nlines\r\tand a tab",
          "; DROP TABLE x; -- /* */",
          "Ünïcödé 日本語 🦉",
          "select",
          "user",
          "r",
          "canonical",
          "_rubicon_shape",
          "UPPER lower ",
          " ",
          "~!@#^&*?|:p ?1",
          "é".repeat(31),
          "x".repeat(63));

  /** What has a name of its own; the next has the next of {@link #NAMES}. */
  private static final List<String> NAMED =
      List.of(
          "", "2", "s", "k", "v", "w", "n", "r", "pk", "ch", "un", "ix", "po", "c", "fk", "f", "t");

  static Stream<Arguments> kinds() {
    return IntStream.range(0, NAMES.size() / 3)
        .boxed()
        .flatMap(
            third ->
                Stream.of("in place", "keep", "view", "hide")
                    .map(kind -> Arguments.of(3 * third, kind)));
  }

  @BeforeAll
  static void start() {
    server = LocalPostgres.start(folder, Map.of());
  }

  @AfterAll
  static void stop() {
    server.discard();
  }

  private static Bench on(String... setup) {
    String name = "odd_" + ++databases;
    new Bench(server, "postgres", "CREATE DATABASE " + name);
    return new Bench(server, name, setup);
  }

  private int first;

  /** The name of what is named so in {@link #NAMED}, no longer than 63 bytes, quoted. */
  private String q(String what) {
    int at = NAMED.indexOf(what);
    String name =
        at < 0 ? unquoted(q(what.replace("2", ""))) : NAMES.get((first + at) % NAMES.size());
    while ((name + what).getBytes(StandardCharsets.UTF_8).length > 63) {
      name = name.substring(0, name.length() - 1);
    }
    return Identifiers.quote(name + what);
  }

  private String schema() {
    return q("s");
  }

  private String in(String relation) {
    return schema() + "." + relation;
  }

  /** Begins with a letter, so that it sorts before the engine's. */
  private String trigger() {
    return Identifiers.quote("A" + unquoted(q("t")).substring(1));
  }

  private String table() {
    return in(q(""));
  }

  private String key() {
    return q("k");
  }

  private String number() {
    return q("n");
  }

  private String value() {
    return q("v");
  }

  private String twin() {
    return q("w");
  }

  private String role() {
    return q("r");
  }

  private String definition(String name, String text, String suffix) {
    return """
    CREATE TABLE %1$s (
      %2$s serial CONSTRAINT %3$s PRIMARY KEY, %4$s text DEFAULT 'd' CONSTRAINT %5$s CHECK (%4$s <> 'never'),
      %6$s int CONSTRAINT %7$s UNIQUE);
    CREATE INDEX %8$s ON %1$s (lower(%4$s));
    ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY;
    CREATE POLICY %9$s ON %1$s TO %10$s USING (%6$s < 50);
    GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO %10$s;
    COMMENT ON COLUMN %1$s.%4$s IS %11$s;
    """
        .formatted(
            name,
            key(),
            q("pk" + suffix),
            text,
            q("ch" + suffix),
            number(),
            q("un" + suffix),
            q("ix" + suffix),
            q("po"),
            role(),
            Identifiers.literal(NAMES.get(first)));
  }

  private String[] setup() {
    return new String[] {
      "DO $do$ BEGIN EXECUTE "
          + Identifiers.literal("CREATE ROLE " + role())
          + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $do$",
      "CREATE SCHEMA " + schema(),
      "GRANT USAGE ON SCHEMA " + schema() + " TO " + role(),
      definition(table(), value(), ""),
      """
      CREATE TABLE %1$s (%2$s serial PRIMARY KEY, %3$s int CONSTRAINT %4$s REFERENCES %5$s ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE FUNCTION %6$s() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$;
      CREATE TRIGGER %7$s BEFORE UPDATE ON %5$s FOR EACH ROW EXECUTE FUNCTION %6$s();
      """
          .formatted(in(q("c")), key(), number(), q("fk"), table(), in(q("f")), trigger()),
      "INSERT INTO %s (%s, %s) SELECT 'V' || g, g FROM generate_series(1, 9) g"
          .formatted(table(), value(), number()),
      "INSERT INTO %s (%s) SELECT g FROM generate_series(1, 9) g".formatted(in(q("c")), number())
    };
  }

  private Bench bench(String kind) {
    var bench = on(setup()).allow("hazard:*");
    bench.schemas = List.of(unquoted(schema()));
    String up = "lower(" + value() + ")";
    var down = Map.of(value(), "upper(" + twin() + ")");
    if (kind.equals("in place")) {
      return bench
          .transition(table(), Bench.map(twin(), "text", up, down))
          .legacy(table(), value(), LegacyColumn.Action.ARCHIVE);
    }
    var name = LegacyName.valueOf(kind.toUpperCase(Locale.ROOT));
    return bench
        .migration("V1__next.sql", definition(in(q("2")), twin(), "2"))
        .migration("U1__next.sql", "DROP TABLE " + in(q("2")) + ";")
        .shadow(
            table(),
            new Shadow(in(q("2")), Optional.empty(), name, List.of()),
            Bench.map(twin(), "", up, down))
        .legacy(new LegacyRelation(table(), LegacyColumn.Action.ARCHIVE, Optional.empty()));
  }

  private static String unquoted(String quoted) {
    return quoted.startsWith("\"")
        ? quoted.substring(1, quoted.length() - 1).replace("\"\"", "\"")
        : quoted;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anyName(int first, String kind) {
    this.first = first;
    Bench bench = bench(kind);
    String there = kind.equals("in place") ? table() : in(q("2"));
    bench.toVerified();
    write(bench, table(), value(), 100, 'A');
    write(bench, there, twin(), 200, 'b');
    inStep(bench, there);
    bench.cutover();
    write(bench, there, twin(), 300, 'c');
    if (!kind.equals("hide")) {
      write(bench, table(), value(), 400, 'D');
      inStep(bench, there);
    }
    bench.rollback();
    write(bench, table(), value(), 500, 'E');
    inStep(bench, there);
    bench.cutover();
    bench.contract();
    write(bench, there, twin(), 600, 'f');
    assertThat(texts(bench, there, twin(), "> 50"))
        .containsExactlyElementsOf(
            Stream.of("a1", "b1", "c1", "d1", "e1", "f1")
                .filter(text -> !kind.equals("hide") || !text.equals("d1"))
                .toList());
    assertThat(texts(bench, there, twin(), "< 50")).containsOnly("f2").hasSize(9);
    assertThat(
            bench.rows(
                "SELECT relname FROM pg_class WHERE relnamespace = 'rubicon_archive'"
                    + "::regnamespace AND relkind = 'r'"))
        .hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anyNameIsLeftAloneByAnAbort(int first, String kind) {
    this.first = first;
    Bench bench = bench(kind);
    String before = bench.fingerprint();
    bench.toVerified();
    write(bench, table(), value(), 100, 'A');
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
    assertThat(texts(bench, table(), value(), "> 50")).containsExactly("A1");
  }

  private List<String> texts(Bench bench, String relation, String column, String numbers) {
    return bench.rows(
        "SELECT %s FROM %s WHERE %s %s ORDER BY %3$s"
            .formatted(column, relation, number(), numbers));
  }

  /** As whoever its policies do not bind, then as a role that they do. */
  private void write(Bench bench, String relation, String column, int from, char text) {
    String n = number();
    bench.run(
        "INSERT INTO %s (%s, %s) VALUES ('%s', %d)".formatted(relation, column, n, text, from),
        "UPDATE %s SET %s = '%s1' WHERE %s = %d".formatted(relation, column, text, n, from),
        "INSERT INTO %s (%s, %s, %s) VALUES (%d, '%s', %d)"
            .formatted(relation, key(), column, n, from + 1, text, from + 1),
        "UPDATE %s SET %s = %2$s + 1000 WHERE %s = %d".formatted(relation, key(), n, from + 1),
        "DELETE FROM %s WHERE %s = %d".formatted(relation, n, from + 1),
        "SET ROLE " + role(),
        "UPDATE %s SET %s = '%s2'".formatted(relation, column, text));
  }

  private void inStep(Bench bench, String there) {
    String rows = "SELECT %s, lower(%s), %s FROM %s ORDER BY 1";
    assertThat(bench.rows(rows.formatted(key(), twin(), number(), there)))
        .isEqualTo(bench.rows(rows.formatted(key(), value(), number(), table())));
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** What ends the bodies of the engine's functions cannot be a name inside of them. */
  @ParameterizedTest
  @ValueSource(strings = {"schema", "relation", "column", "key", "canonical", "new column"})
  void theEnginesOwnQuoteIsRefused(String which) {
    String quote = "\"a $rubicon$ b\"";
    String schema = which.equals("schema") ? quote : "public";
    String relation = schema + "." + (which.equals("relation") ? quote : "t");
    String table =
        "CREATE TABLE %s (%s int PRIMARY KEY, %s text, x text);"
            .formatted(
                "%s", which.equals("key") ? quote : "id", which.equals("column") ? quote : "v");
    String[] setup = {"CREATE SCHEMA IF NOT EXISTS " + schema, table.formatted(relation)};
    if (!which.equals("canonical")) {
      refused(
          new Bench(setup)
              .transition(
                  relation,
                  Bench.map(which.equals("new column") ? quote : "y", "text", "x", Map.of())));
    }
    if (!which.equals("new column")) {
      String canonical = "public." + (which.equals("canonical") ? quote : "u");
      refused(
          new Bench(setup)
              .migration("V1__u.sql", table.formatted(canonical))
              .migration("U1__u.sql", "DROP TABLE " + canonical + ";")
              .shadow(
                  relation, new Shadow(canonical, Optional.empty(), LegacyName.KEEP, List.of())));
    }
  }

  private static void refused(Bench bench) {
    bench.schemas = List.of("public", "a $rubicon$ b");
    assertThatThrownBy(bench::install)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED))
        .hasMessageContaining("the quote of Rubicon's own functions");
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")).isEqualTo("0");
  }
}
