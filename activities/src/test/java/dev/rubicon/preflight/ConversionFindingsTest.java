package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the migration forgot of a table that becomes partitioned is named, with what would bring it.
 */
@Tag("slow")
class ConversionFindingsTest {
  private static final String PARTITIONED =
      "CREATE TABLE public.%s (id bigint, zone_id int, at timestamptz, v text, PRIMARY KEY (id,"
          + " at)) PARTITION BY RANGE (at); CREATE TABLE public.events_all PARTITION OF public.%1$s"
          + " DEFAULT;";

  @TempDir Path temp;

  private List<Finding> plan(String migration, String canonical) {
    var evidence = new KeptEvidence();
    var bench =
        new Bench(
            "CREATE TABLE public.zones (id int PRIMARY KEY)",
            """
            CREATE TABLE public.events (id bigint PRIMARY KEY, zone_id int NOT NULL REFERENCES public.zones,
              at timestamptz NOT NULL DEFAULT now(), v text CHECK (v <> '')) WITH (fillfactor = 70)
            """,
            "CREATE INDEX events_v ON public.events (v) WHERE v IS NOT NULL",
            "CREATE UNIQUE INDEX events_once ON public.events (zone_id, v)",
            "COMMENT ON TABLE public.events IS 'what happened'",
            "COMMENT ON COLUMN public.events.v IS 'it''s text'",
            "ALTER TABLE public.events REPLICA IDENTITY FULL");
    var bundle =
        PreflightSamples.bundle(
            temp,
            "CREATE TABLE public.zones (id int PRIMARY KEY);" + canonical,
            migration,
            "DROP TABLE public.events_next;",
            """
            transitions:
              - {relation: public.events, kind: shadow, to: public.events, built-as: public.events_next, legacy-name: hide}
            """);
    try {
      new Preflight(PreflightSamples.staging())
          .run(PreflightSamples.context(bundle, bench.target(), evidence));
    } catch (dev.rubicon.error.RubiconException e) {
      // What else such a runbook lacks is not this test's.
      assertThat(evidence.get(EvidenceNames.FINDINGS)).as(e.toString()).isNotEmpty();
    }
    return evidence.get(EvidenceNames.FINDINGS).stream()
        .filter(finding -> finding.id().startsWith("note:not-carried:"))
        .toList();
  }

  @Test
  void eachIsNamedAndItsSqlBringsIt() {
    List<Finding> lost =
        plan(PARTITIONED.formatted("events_next"), PARTITIONED.formatted("events"));
    assertThat(lost)
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(
            "note:not-carried:check:public.events.events_v_check",
            "note:not-carried:comment:public.events",
            "note:not-carried:comment:public.events.v",
            "note:not-carried:default:public.events.at",
            "note:not-carried:foreign-key:public.events.events_zone_id_fkey",
            "note:not-carried:index:public.events.events_v",
            "note:not-carried:not-null:public.events.zone_id",
            "note:not-carried:replica-identity:public.events",
            "note:not-carried:storage-parameters:public.events",
            "note:not-carried:unique:public.events.events_once");
    List<String> sql = lost.stream().flatMap(f -> f.suggestedSql().stream()).toList();
    assertThat(sql).hasSize(9); // no statement makes the unique index

    String mended = PARTITIONED.formatted("events_next") + String.join("; ", sql) + ";";
    assertThat(plan(mended, PARTITIONED.formatted("events")))
        .extracting(Finding::id)
        .containsExactly("note:not-carried:unique:public.events.events_once");
  }
}
