package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A template is filled from a record's components, and from nothing else. */
class SqlTemplateTest {
  private static final SqlTemplate SAMPLE = SqlTemplate.of("postgres/sample.sql.ftl");

  private record Guard(int depth) {}

  private record Column(String name, String value, boolean quoted) {}

  private record Sample(String name, Optional<Guard> guard, List<Column> columns) {}

  private record Forgotten(String name, Optional<Guard> guard) {}

  private record Strange(Object name, Optional<Guard> guard, List<Column> columns) {}

  @Test
  void slotsAndBlocksAreFilledAndNothingElseIsChanged() {
    var model =
        new Sample(
            "\"a<b>&${c}\"",
            Optional.of(new Guard(1_000)),
            List.of(new Column("\"x\"", "y", true), new Column("\"z\"", "1", false)));
    assertThat(SAMPLE.render(model))
        .isEqualTo(
            """
            CREATE FUNCTION "a<b>&${c}"() RETURNS trigger LANGUAGE plpgsql AS $rubicon$
            BEGIN
              -- #{not} a slot <& "not escaped">
              IF pg_catalog.pg_trigger_depth() > 1000 THEN RETURN NULL; END IF;
              NEW."x" := 'y';
              NEW."z" := 1;
            END $rubicon$\
            """);
  }

  @Test
  void aBlockWithoutItsValueIsLeftOut() {
    assertThat(SAMPLE.render(new Sample("f", Optional.empty(), List.of())))
        .doesNotContain("IF")
        .doesNotContain("NEW");
  }

  @Test
  void numbersAreWrittenAlikeInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(SAMPLE.render(new Sample("f", Optional.of(new Guard(1_234_567)), List.of())))
          .contains("> 1234567 THEN");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aSlotWithoutAValueFails() {
    assertThatThrownBy(() -> SAMPLE.render(new Forgotten("f", Optional.empty())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("postgres/sample.sql.ftl")
        .rootCause()
        .hasMessageContaining("columns");
  }

  @Test
  void aModelHoldsPlainValuesOnly() {
    assertThatThrownBy(() -> SAMPLE.render(new Strange(null, Optional.empty(), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is null");
    assertThatThrownBy(() -> SAMPLE.render(new Strange(new Object(), Optional.empty(), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void aTemplateThatIsNotThereFails() {
    assertThatThrownBy(() -> SqlTemplate.of("postgres/none.sql.ftl"))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("postgres/none.sql.ftl");
  }
}
