package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.ServerEncoding;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases whose encoding is not UTF-8: names, keys and values beyond ASCII, both ways. */
@Turn
@Tag("slow")
class EncodingsTest {
  @ParameterizedTest
  @CsvSource({"LATIN1,Größe", "WIN1252,Größe", "EUC_JP,寸法", "KOI8R,размер"})
  void aWholeRolloutThereAndBack(String encoding, String word) {
    var bench =
        new Bench(
            SharedPostgres.server(),
            database(encoding),
            "CREATE TABLE \"%s\" (id text PRIMARY KEY, name text)".formatted(word),
            "INSERT INTO \"%1$s\" SELECT '%1$s' || g, '%1$s %1$s' FROM generate_series(1, 300) g"
                .formatted(word),
            "CREATE TABLE t (id int PRIMARY KEY, \"%s\" text)".formatted(word),
            "INSERT INTO t VALUES (1, '%s')".formatted(word));
    bench
        .migration(
            "V1__shadow.sql",
            "CREATE TABLE \"%1$s2\" (id text PRIMARY KEY, \"%1$s\" text, rest text);"
                .formatted(word))
        .migration("U1__shadow.sql", "DROP TABLE \"%s2\";".formatted(word))
        .shadow(
            "public.\"%s\"".formatted(word),
            new Shadow(
                "public.\"%s2\"".formatted(word), Optional.empty(), LegacyName.KEEP, List.of()),
            map(
                "\"" + word + "\"",
                "",
                "split_part(name, ' ', 1)",
                Map.of("name", "concat_ws(' ', \"%s\", rest)".formatted(word))),
            map("rest", "", "split_part(name, ' ', 2)", Map.of()))
        .transition(
            "public.t", map("longer", "text", "\"%1$s\" || '%1$s'".formatted(word), Map.of()));
    bench.install();
    bench.backfill();
    bench.verify();
    bench.run("UPDATE \"%1$s\" SET name = 'a %1$s' WHERE id = '%1$s7'".formatted(word));
    assertThat(bench.one("SELECT * FROM \"%1$s2\" WHERE id = '%1$s7'".formatted(word)))
        .isEqualTo(word + "7|a|" + word);
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
    bench.run("INSERT INTO \"%1$s2\" VALUES ('%1$s!', '%1$s', 'b')".formatted(word));
    bench.rollback();
    assertThat(bench.one("SELECT name FROM \"%1$s\" WHERE id = '%1$s!'".formatted(word)))
        .isEqualTo(word + " b");
    assertThat(bench.one("SELECT longer FROM t")).isEqualTo(word + word);
    assertThat(bench.verify().mismatches()).isZero();
    bench.abort();
  }

  /** The server converts nothing for them, so no client can know what their bytes mean. */
  @ParameterizedTest
  @ValueSource(strings = {"SQL_ASCII", "MULE_INTERNAL"})
  void isRefusedByNameWhereItMeansNothing(String encoding) {
    Target target = CatalogSamples.target(database(encoding));
    for (Consumer<PgSession> reading :
        List.<Consumer<PgSession>>of(
            session -> CatalogReader.read(session, List.of("public")), ServerEncoding::require)) {
      assertThatThrownBy(
              () -> {
                try (PgSession session = CatalogSamples.open(target)) {
                  reading.accept(session);
                }
              })
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ENCODING_UNSUPPORTED);
                assertThat(e.code().retryable()).isFalse();
              })
          .hasMessageContaining(encoding);
    }
  }

  private static String database(String encoding) {
    String name = SharedPostgres.freshName("encoded");
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      session.execute(
          "CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'"
              .formatted(name, encoding));
    }
    return name;
  }
}
