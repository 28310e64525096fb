package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.stack.SharedPostgres;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A subscriber stops at the first new column: the plan names the publication before there is one.
 */
@Tag("slow")
class PublishedInPlaceTest {
  private static final String TRANSITIONS =
      """
      transitions:
        - relation: public.feed
          columns:
            - {name: content, type: text, up: body, down: {body: content}}
      """;

  @TempDir Path temp;
  private final KeptEvidence evidence = new KeptEvidence();

  private Target target(String publication) {
    Target target = CatalogSamples.target(SharedPostgres.freshDatabase("published"));
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("RESET search_path");
      session.execute(
          """
          CREATE TABLE public.feed (id int PRIMARY KEY, body text) PARTITION BY RANGE (id);
          CREATE TABLE public.feed_all PARTITION OF public.feed DEFAULT;
          CREATE TABLE public.quiet (id int PRIMARY KEY);
          """
              + publication);
    }
    return target;
  }

  private Facts.Preflight run(Target target, String yaml) {
    return new Preflight(PreflightSamples.staging(), Optional.empty())
        .run(
            PreflightSamples.context(
                PreflightSamples.bundle(
                    temp,
                    """
                    CREATE TABLE public.feed (id int PRIMARY KEY, content text) PARTITION BY RANGE (id);
                    CREATE TABLE public.feed_all PARTITION OF public.feed DEFAULT;
                    CREATE TABLE public.quiet (id int PRIMARY KEY);
                    """,
                    "SELECT 1;",
                    "SELECT 1;",
                    yaml),
                target,
                evidence));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FOR TABLE public.feed | with every new column",
        "FOR TABLE public.feed_all | with every new column",
        "FOR TABLES IN SCHEMA public | with every new column",
        "FOR TABLE public.feed (id, body) WITH (publish_via_partition_root = true) | has a column"
            + " list"
      })
  void everyPublicationOfTheTableMustBeAllowedByName(String what, String said) {
    Target target = target("CREATE PUBLICATION pub " + what);
    assertThatThrownBy(() -> run(target, TRANSITIONS))
        .hasMessageContaining("hazard:in-place-publication:public.feed:pub");
    assertThat(run(target, TRANSITIONS + allowed()).open()).isEmpty();
    assertThat(evidence.get(EvidenceNames.FINDINGS))
        .anyMatch(f -> f.id().contains("in-place-publication") && f.title().contains(said));
  }

  private static String allowed() {
    return """
    hazards:
      - {hazard: "hazard:in-place-publication:public.feed:pub", reason: the subscriber has the columns}
    """;
  }
}
