package dev.rubicon.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.config.CeremonyPolicy;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.grade.Grade;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grade comes of what the statements are, and no runbook talks itself into a lower one. */
final class GradingTest {
  private static final String HEAD = "rubicon: 1\nname: small\ntitle: small\n";
  private static final String INDEX =
      """
      expand:
        concurrently:
          - {name: public.ix, sql: "CREATE INDEX CONCURRENTLY ix ON public.orders (customer)"}
      """;

  @Test
  void anIndexIsUnnoticedAndNeedsOneConfirmation() {
    Ceremony ceremony = of(CeremonyPolicy.DEFAULT, INDEX);

    assertThat(ceremony.grade()).isEqualTo(Grade.UNNOTICED);
    assertThat(ceremony.gates()).containsExactly("expand");
    assertThat(ceremony.selfApproval()).isTrue();
    assertThat(ceremony.watch()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALTER TABLE public.orders ADD COLUMN x text | ALTER TABLE public.orders DROP COLUMN x",
        "ALTER TABLE ONLY \"public\".\"orders\" ADD \"X\" varchar(20) NOT NULL DEFAULT 'a'::varchar"
            + " | ALTER TABLE IF EXISTS public.orders DROP COLUMN IF EXISTS \"X\"",
        "CREATE TABLE public.notes (id bigint PRIMARY KEY, at timestamptz DEFAULT now()) | DROP"
            + " TABLE public.notes",
        "CREATE TYPE public.mood AS ENUM ('a', 'b') | DROP TYPE public.mood",
        "CREATE VIEW public.v AS SELECT 1 AS one | DROP VIEW public.v",
        "COMMENT ON TABLE public.orders IS 'x' | COMMENT ON TABLE public.orders IS NULL",
        "CREATE INDEX ix ON public.orders USING btree (customer DESC) INCLUDE (note) WHERE"
            + " ((state)::text = 'new'::text) | DROP INDEX CONCURRENTLY IF EXISTS public.ix",
      })
  void whatOnlyAddsIsUnnoticed(String up, String undo) {
    Grading grading = grading("expand: {migrations: expand}\n", migration(up, undo));

    assertThat(grading.grade()).as(grading.toString()).isEqualTo(Grade.UNNOTICED);
  }

  /** Each refuses a write, runs something, or may mean what is there already. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE UNIQUE INDEX ix ON public.orders (customer)",
        "CREATE INDEX ix ON orders (customer)",
        "CREATE INDEX IF NOT EXISTS ix ON public.orders (customer)",
        "CREATE INDEX ix ON public.orders ((1 / qty))",
        "CREATE INDEX ix ON public.orders (evil(customer))",
        "CREATE INDEX ix ON public.orders (customer) WHERE evil(customer)",
        "CREATE INDEX ix ON public.orders (customer) WHERE note::int > 5",
        "CREATE INDEX ix ON public.orders (customer) WHERE 1 / qty > 0",
        "CREATE TABLE IF NOT EXISTS public.customers (id int)",
        "CREATE TABLE public.p PARTITION OF public.orders DEFAULT",
        "CREATE TABLE public.p (LIKE public.orders) INHERITS (public.orders)",
        "CREATE TABLE public.p (id int REFERENCES public.orders)",
        "CREATE TABLE public.p AS SELECT evil()",
        "CREATE OR REPLACE VIEW public.v AS SELECT 1",
        "ALTER TABLE public.orders ADD COLUMN IF NOT EXISTS x text",
        "ALTER TABLE public.orders ADD COLUMN x text NOT NULL",
        "ALTER TABLE public.orders ADD COLUMN x text NOT NULL DEFAULT NULL",
        "ALTER TABLE public.orders ADD COLUMN x int DEFAULT evil()",
        "ALTER TABLE public.orders ADD COLUMN x text CHECK (x > 'a')",
        "ALTER TABLE public.orders ADD COLUMN x int UNIQUE",
        "ALTER TABLE public.orders ADD COLUMN x int REFERENCES public.customers",
        "ALTER TABLE public.orders ADD COLUMN x serial",
        "ALTER TABLE public.orders ADD COLUMN x mydomain",
        "ALTER TABLE public.orders ADD COLUMN x int, DROP COLUMN note",
        "ALTER TABLE public.orders ADD CONSTRAINT c CHECK (true)",
        "ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER t BEFORE INSERT ON public.orders EXECUTE FUNCTION f()",
        "CREATE RULE r AS ON INSERT TO public.orders DO INSTEAD NOTHING",
        "GRANT ALL ON public.orders TO PUBLIC",
        "SET search_path = other",
        "INSERT INTO public.orders VALUES (1)",
        "SELECT evil()",
        "DO $$ BEGIN END $$",
      })
  void whatMayBeNoticedIsNotUnnoticed(String up) {
    assertThat(grading("expand: {migrations: expand}\n", migration(up, "SELECT 1")).grade())
        .isNotEqualTo(Grade.UNNOTICED);
  }

  /** An abort runs the undo without another question. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE public.customers",
        "DROP TABLE public.notes, public.customers",
        "DROP TABLE public.notes CASCADE",
        "DROP TABLE notes",
        "DROP INDEX public.notes",
        "ALTER TABLE public.notes DROP COLUMN id, DROP COLUMN x",
        "DELETE FROM public.customers",
        "SELECT evil()",
        "DROP TABLE public.notes; DROP TABLE public.customers",
      })
  void anUndoThatTakesMoreIsNot(String undo) {
    Map<String, String> files = migration("CREATE TABLE public.notes (id int)", undo);

    assertThat(grading("expand: {migrations: expand}\n", files).grade())
        .isEqualTo(Grade.REVERSIBLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cutover: {read-only: 1s}\n",
        "cutover: {terminate-blockers-after: 1s}\n",
        "smoke: [{name: a, command: [\"true\"]}]\n",
        "smoke: [{name: a, http: {method: POST, url: \"http://x/\"}}]\n",
        "watch: {checks: [{name: a, command: [\"true\"]}]}\n",
        "fix: sequences\n",
        "contract: {legacy-relations: [{relation: public.customers, action: drop}]}\n",
      })
  void whatARunbookDoesBesidesIsNot(String more) {
    assertThat(grading(INDEX + more, Map.of()).grade()).isEqualTo(Grade.REVERSIBLE);
  }

  @Test
  void whatPreflightFoundIsNot() {
    Bundle bundle = bundle(INDEX, Map.of());
    var hazard =
        new Finding(
            "hazard:rewrite:public.orders",
            Finding.Kind.HAZARD,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Finding.Disposition.ALLOWED,
            "");

    assertThat(Grading.of(bundle, List.of(hazard), List.of()).grade()).isEqualTo(Grade.REVERSIBLE);
    assertThat(Grading.of(bundle, List.of(), List.of("something")).grade())
        .isEqualTo(Grade.REVERSIBLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE public.customers",
        "ALTER TABLE public.orders DROP COLUMN note",
        "ALTER TABLE public.orders ALTER note TYPE int USING 0",
        "DELETE FROM public.orders",
        "WITH gone AS (DELETE FROM public.orders RETURNING 1) SELECT 1",
        "DO $$ BEGIN EXECUTE 'DROP TABLE customers'; END $$",
      })
  void whatLosesSomethingIsIrreversibleWhateverItsUndoSays(String up) {
    assertThat(grading("expand: {migrations: expand}\n", migration(up, "SELECT 1")).grade())
        .isEqualTo(Grade.IRREVERSIBLE);
  }

  @Test
  void noUndoIsIrreversible() {
    var files =
        Map.of("expand/V1__x.sql", "-- irreversible: so\nCREATE TABLE public.notes (id int);\n");

    assertThat(grading("expand: {migrations: expand}\n", files).grade())
        .isEqualTo(Grade.IRREVERSIBLE);
  }

  /** More than the policy demands, never less. */
  @Test
  void aRunbookAsksForMoreAndNeverGetsLess() {
    String change = "transitions: [{relation: public.orders, change: {id: {type: bigint}}}]\n";
    String less = "approvals: {gates: [], self-approval: true}\nwatch: {duration: 2s, every: 1s}\n";
    var policy =
        new CeremonyPolicy(
            Map.of(
                Grade.UNNOTICED, CeremonyPolicy.DEFAULT.demands().get(Grade.UNNOTICED),
                Grade.REVERSIBLE,
                    new CeremonyPolicy.Demands(
                        List.of(Runbook.Gate.CUTOVER), true, Duration.ofHours(1), true),
                Grade.IRREVERSIBLE, CeremonyPolicy.DEFAULT.demands().get(Grade.IRREVERSIBLE)));

    Ceremony lowered = of(policy, change + less);
    assertThat(lowered.gates()).containsExactly("cutover");
    assertThat(lowered.selfApproval()).isFalse();
    assertThat(lowered.watch()).isEqualTo(Duration.ofHours(1));

    Ceremony contract = policy.ofContract(runbook(change + less));
    assertThat(contract.gates()).contains("contract");
    assertThat(contract.selfApproval()).isFalse();

    String more =
        INDEX
            + "approvals: {gates: [expand, cutover], self-approval: false}\n"
            + "watch: {duration: 2h}\n";
    Ceremony raised = of(policy, more);
    assertThat(raised.grade()).isEqualTo(Grade.UNNOTICED);
    assertThat(raised.gates()).containsExactly("expand", "cutover");
    assertThat(raised.selfApproval()).isFalse();
    assertThat(raised.watch()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void aRehearsalThatThePolicyDemandsIsNotLeftOut() {
    String none = "transitions: [{relation: public.orders, rename: o}]\nclone: {none: no time}\n";

    assertThatThrownBy(
            () ->
                CeremonyPolicy.DEFAULT.requireRehearsal(
                    grading(none, Map.of()).grade(), runbook(none)))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_DEMANDS))
        .hasMessageContaining("rehearsed");
    String index = INDEX + "clone: {none: no time}\n";
    CeremonyPolicy.DEFAULT.requireRehearsal(grading(index, Map.of()).grade(), runbook(index));
  }

  private static Map<String, String> migration(String up, String undo) {
    return Map.of("expand/V1__x.sql", up + ";\n", "expand/U1__x.sql", undo + ";\n");
  }

  private static Grading grading(String yaml, Map<String, String> files) {
    return Grading.of(bundle(yaml, files), List.of(), List.of());
  }

  private static Ceremony of(CeremonyPolicy policy, String yaml) {
    Grading grading = grading(yaml, Map.of());
    return policy.of(grading.grade(), grading.why(), runbook(yaml));
  }

  private static Runbook runbook(String yaml) {
    return bundle(yaml, Map.of()).runbook();
  }

  private static Bundle bundle(String yaml, Map<String, String> files) {
    var all = new TreeMap<String, byte[]>();
    files.forEach((path, text) -> all.put(path, text.getBytes(StandardCharsets.UTF_8)));
    all.put("runbook.yaml", (HEAD + yaml).getBytes(StandardCharsets.UTF_8));
    return RunbookReader.read(all, "test: ");
  }
}
