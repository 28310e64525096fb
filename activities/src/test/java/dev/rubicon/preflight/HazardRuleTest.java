package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.preflight.trial.HazardRule;
import dev.rubicon.preflight.trial.Trial;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/hazards.md says of each hazard happens. */
@Turn
@Tag("slow")
class HazardRuleTest {
  @TempDir Path temp;

  @Test
  void thePageIsTheOneOfTheRules() throws IOException {
    Path page = Path.of("../docs/hazards.md");
    if (System.getProperty("rubicon.golden", "").equals("write")) {
      Files.writeString(page, HazardRule.page());
    }
    assertThat(Files.readString(page)).isEqualTo(HazardRule.page());
  }

  @ParameterizedTest
  @EnumSource
  void theBadExampleIsFoundAndTheGoodOneIsNot(HazardRule rule) {
    assertThat(hazards("bad", rule.bad())).anyMatch(id -> id.startsWith(rule.prefix()));
    assertThat(hazards("good", rule.good())).isEmpty();
  }

  /** The same, said otherwise. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM t WHERE id > 0 | data-change:public.t",
        "WITH g AS (DELETE FROM t WHERE id > 0 RETURNING 1) SELECT count(*) FROM g |"
            + " data-change:public.t",
        "DO $$ BEGIN DELETE FROM t WHERE id = 1; END $$ | data-change:public.t",
        "UPDATE side.journal SET note = 'x' WHERE id = 1 | data-change:side.journal",
        "DROP SCHEMA side CASCADE | drop:table:side.journal",
        "ALTER TABLE side.journal RENAME TO log | drop:table:side.journal",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE t ENABLE ROW LEVEL SECURITY'; END $$ |"
            + " row-security:public.t",
        "SET search_path = side | session-setting:expand/V1__change.sql:2",
        "SET LOCAL session_replication_role = replica | session-setting:expand/V1__change.sql:2",
        "ALTER TABLE t ALTER e DROP DEFAULT, ALTER b SET NOT NULL | default-drop:public.t.e",
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING | trigger-new:public.t"
      })
  void isFoundHoweverItIsSaid(String line) {
    String[] parts = line.split(" \\| ");
    assertThat(hazards("same", parts[0])).contains("hazard:" + parts[1]);
  }

  private List<String> hazards(String folder, String sql) {
    Path into = temp.resolve(folder);
    PreflightSamples.write(into.resolve("canonical/schema.sql"), HazardRule.SCHEMA);
    PreflightSamples.write(
        into.resolve("expand/V1__change.sql"), "-- irreversible: an example\n" + sql + ";\n");
    PreflightSamples.write(
        into.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        expand: {migrations: expand}
        """);
    Bundle bundle = RunbookReader.read(into);
    try (var scratch = ScratchDatabase.create(PreflightSamples.staging(), CatalogSamples.TAG);
        PgSession session = scratch.open()) {
      scratch.apply(bundle, List.of("canonical/schema.sql"));
      return new Trial(bundle, session, Optional.empty())
          .run().findings().stream().map(Finding::id).toList();
    }
  }
}
