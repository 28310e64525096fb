package dev.rubicon.report;

import dev.rubicon.backfill.Throughput;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.cutover.Crossed;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.locks.Blocker;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Blocked;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.SharedPostgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A rollout that crossed, went back and crossed again, as the phases would have recorded it. */
final class SampleRollout {
  static final String ID = "7f0c2f9e-prod";
  static final String HOSTILE = "<script>alert('x')</script> & \"quoted\"";

  private static final Instant START = Instant.parse("2026-11-21T02:00:00Z");

  private static final String LEGACY =
      """
      CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, created_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE sessions (id uuid PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), token text NOT NULL, last_seen timestamptz);
      CREATE TABLE checks (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint, env varchar(16) NOT NULL, claim_text text NOT NULL, aggregation text, diagnostics jsonb, created_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE usage_ledger (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), amount integer NOT NULL);
      CREATE TABLE result_cache (key text PRIMARY KEY, body jsonb);
      COMMENT ON COLUMN checks.claim_text IS 'the claim | as typed';
      """;

  private static final String CROSSED =
      """
      ALTER TABLE checks ADD claim text NOT NULL, ADD _rubicon smallint, ADD config_json jsonb, ADD counts_by_template_json jsonb,
        ADD gate_compliance_ok boolean, ADD pqs numeric(5,2), ADD anon_token varchar(64), ALTER user_id SET NOT NULL,
        ADD FOREIGN KEY (user_id) REFERENCES users (id);
      CREATE INDEX ix_checks_env_anon_token ON checks (env, anon_token);
      COMMENT ON COLUMN checks.claim IS 'the claim, canonical';
      CREATE TABLE anonymous_usage (token varchar(64) PRIMARY KEY, checks_used integer NOT NULL DEFAULT 0 CHECK (checks_used >= 0), first_check bigint REFERENCES checks (id), updated_at timestamptz);
      ALTER TABLE users ADD status text NOT NULL DEFAULT 'active';
      ALTER TABLE sessions ALTER token TYPE varchar(255), DROP last_seen;
      DROP TABLE result_cache;
      CREATE SCHEMA rubicon;
      CREATE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement) RETURNS anyelement LANGUAGE sql VOLATILE AS 'SELECT given';
      ALTER TABLE checks ALTER claim SET DEFAULT rubicon.omitted('rubicon.omitted_checks', 1, (NULL)::text),
        ALTER config_json SET DEFAULT rubicon.omitted('rubicon.omitted_checks', 2, ('{}'::jsonb)::jsonb);
      """;

  private final TestLedger test;

  private SampleRollout(TestLedger test) {
    this.test = test;
  }

  static void record(TestLedger test) throws SQLException {
    new SampleRollout(test).record();
  }

  private Ledger ledger() {
    return test.ledger();
  }

  private static PhaseInput input(Phase phase, int round) {
    return TestLedger.input(ID, phase, round);
  }

  private void record() throws SQLException {
    ledger()
        .launch(
            new LedgerRollout.Launch(
                ID,
                "prod",
                "5d41402abc4b2a76b9719d911017c592".repeat(2),
                "checks-canonical",
                "Align the hosted checks database with the canonical schema",
                "alice",
                "rollout/prod",
                "0199f1c2-6d2e-7a51"));
    preflight();
    phase(Phase.BACKUP, 1, 12, 71, "pg_dump -Fc, 212 MiB, 5 tables fingerprinted", backup());
    phase(
        Phase.CLONE,
        1,
        71,
        104,
        "restored; 5 of 5 fingerprints agree",
        new Facts.Clone("rubicon_golden_7f0c", "backup", 5));
    phase(
        Phase.REHEARSE,
        1,
        104,
        171,
        "crossed, went back, crossed again on a clone; 6 checks passed",
        Map.of("rehearsed", true, "predicted", Map.of("backfill", 31.5, "cutover", 0.4)));
    ledger()
        .evidence(input(Phase.REHEARSE, 1))
        .record(
            Crossed.EVIDENCE.onClone(Phase.CUTOVER, 1),
            crossed(attempt(1, 1_000, 912.5, "committed")));
    decisions();
    phase(
        Phase.EXPAND,
        1,
        420,
        423,
        "2 migrations, 1 index built concurrently",
        new Facts.Expand(List.of("1", "2"), List.of("public.ix_checks_env_anon_token"), List.of()));
    phase(
        Phase.DUAL_WRITE,
        1,
        423,
        425,
        "4 triggers on public.checks",
        new Facts.DualWrite(List.of("public.checks"), 4));
    ledger()
        .evidence(input(Phase.DUAL_WRITE, 1))
        .record(
            LockEvidence.LOCKS,
            Map.of(
                "public.checks",
                List.of(attempt(1, 50, 50.7, "55P03"), attempt(2, 75, 31.2, "committed"))));
    phase(
        Phase.BACKFILL,
        1,
        425,
        461,
        "200,000 rows in 1,204 batches",
        new Facts.Backfill(
            Map.of("public.checks", 200_000L),
            Map.of("public.checks", new Facts.Moved(199_870, 1_204, 36.1, 5_536.6)),
            List.of(
                new Facts.Held(
                    "clients wait for our locks",
                    3,
                    2.4,
                    START.plusSeconds(430).toString(),
                    START.plusSeconds(451).toString()))));
    ledger()
        .evidence(input(Phase.VERIFY, 1))
        .record(
            EvidenceNames.COUNTS, Map.of("runs-with-quality", 9_871L, "<b>paths-unresolved", 12L));
    ledger()
        .evidence(input(Phase.VERIFY, 1))
        .record(EvidenceNames.INVARIANTS, Map.of("sides-agree", 0L, "one-owner", 3L));
    ledger().evidence(input(Phase.BACKFILL, 1)).record(Throughput.EVIDENCE, throughput());
    phase(
        Phase.VERIFY,
        1,
        461,
        466,
        "both sides agree in one snapshot",
        new Facts.Verify(
            Map.of("public.checks", 203_411L),
            0,
            List.of("no check without a claim"),
            "c0ffee",
            List.of()));
    phase(
        Phase.CUTOVER,
        1,
        512,
        514,
        "crossed; clients stalled for 61 ms at most",
        new Facts.Cutover(
            "f".repeat(64),
            "c".repeat(64),
            new Blocked(1, 61.4, 12.1, Blocked.Sessions.NONE, Blocked.Sessions.NONE, true),
            List.of("public.alembic_version=b73c9aa4f0c3"),
            List.of(),
            1,
            "on this server's disk",
            List.of(),
            List.of(),
            List.of()));
    ledger()
        .evidence(input(Phase.CUTOVER, 1))
        .record(Crossed.EVIDENCE, crossed(attempt(1, 100, 61.4, "committed")));
    phase(
        Phase.SMOKE,
        1,
        514,
        516,
        "healthz and 4 more passed",
        Map.of(
            "passed",
            List.of("healthz", "me", "run anonymous", "run authenticated", "export"),
            "failed",
            List.of()));
    ledger()
        .evidence(input(Phase.SMOKE, 1))
        .record(
            EvidenceName.ofMap("something " + HOSTILE, Object.class),
            Map.of(
                "key " + HOSTILE,
                HOSTILE,
                "deep",
                List.of(List.of(1, 2), Map.of("a", Map.of("b", "c"))),
                "nothing",
                List.of()));
    phase(
        Phase.ROLLBACK,
        1,
        540,
        542,
        "back to legacy; no write lost",
        new Facts.Rollback("a".repeat(64), Blocked.NOT, List.of(), 2, "on this server's disk"));
    phase(
        Phase.CUTOVER,
        2,
        600,
        601,
        "crossed again",
        new Facts.Cutover(
            "f".repeat(64),
            "c".repeat(64),
            new Blocked(1, 61.4, 12.1, Blocked.Sessions.NONE, Blocked.Sessions.NONE, true),
            List.of("public.alembic_version=b73c9aa4f0c3"),
            List.of(),
            1,
            "on this server's disk",
            List.of(),
            List.of(),
            List.of()));
    ledger()
        .evidence(input(Phase.CUTOVER, 2))
        .record(EvidenceNames.SNAPSHOT, snapshot(LEGACY + CROSSED));
    phase(
        Phase.WATCH,
        2,
        601,
        87_001,
        "2,880 rounds; 1 alert",
        new Facts.Watch(List.of("insert-failures")));
    ledger()
        .statuses()
        .end(
            ID,
            new LedgerRollout.End("completed", "crossed twice; nothing lost", 2, "f".repeat(64)),
            TestLedger.status(ID, Phase.WATCH, RolloutStatus.State.COMPLETED),
            AuditHead.NONE);
    ledger().statuses().reported(ID, "reports/" + ID + "/report.html");
    sql(
        "UPDATE rubicon_ledger.rollout SET launched_at = '%s', ended_at = '%s', digest = repeat('9e15719c', 8)"
            .formatted(START, START.plusSeconds(87_002)));
  }

  private static Object backup() {
    var rows = new LinkedHashMap<String, Long>();
    rows.put("public.checks", 200_000L);
    rows.put("public.users", 1_204L);
    rows.put("public.usage_ledger", 88_017L);
    return new Facts.Backup(
        "backups/prod/" + ID + "/manifest.json",
        "s3://backups/prod/" + ID + "/manifest.json",
        "ab".repeat(32),
        222_298_112,
        rows);
  }

  private void preflight() throws SQLException {
    var findings =
        List.of(
            new Finding(
                "missing:table:public.anonymous_usage",
                Finding.Kind.MISSING,
                "table public.anonymous_usage is missing",
                Optional.empty(),
                Optional.of("TABLE"),
                Optional.of("CREATE TABLE public.anonymous_usage (…)"),
                Finding.Disposition.FIXED_BY_ROLLOUT,
                "created by V1__anonymous_usage.sql"),
            new Finding(
                "changed:column:public.sessions.token",
                Finding.Kind.CHANGED,
                "column public.sessions.token differs",
                Optional.of("text NOT NULL"),
                Optional.of("character varying(255) NOT NULL"),
                Optional.empty(),
                Finding.Disposition.ACCEPTED,
                "wider is harmless; owner: platform"),
            new Finding(
                "hazard:rewrite:public.checks",
                Finding.Kind.HAZARD,
                "ALTER TABLE rewrites public.checks",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Finding.Disposition.ALLOWED,
                "small table, inside the window"),
            new Finding(
                "extra:table:public.result_cache",
                Finding.Kind.EXTRA,
                HOSTILE,
                Optional.of("TABLE"),
                Optional.empty(),
                Optional.empty(),
                Finding.Disposition.OPEN,
                "nobody has said anything"));
    phase(
        Phase.PREFLIGHT,
        1,
        0,
        12,
        "4 findings, 1 open",
        new Facts.Preflight(
            "15.18",
            "a".repeat(64),
            "b".repeat(64),
            Map.of("MISSING", 1, "CHANGED", 1),
            List.of(),
            List.of(),
            Optional.empty()));
    var evidence = ledger().evidence(input(Phase.PREFLIGHT, 1));
    evidence.record(EvidenceNames.FINDINGS, findings);
    evidence.record(EvidenceNames.SNAPSHOT, snapshot(LEGACY));
    evidence.record(
        EvidenceName.ofMap("row-counts", Integer.class),
        Map.of("public.checks", 200_000, "public.users", 1_204));
  }

  private void decisions() throws SQLException {
    var expand = input(Phase.EXPAND, 1);
    test.enter(
        NewAuditEntry.refusal(
            "k1",
            expand,
            "expand",
            "1234".repeat(16),
            TestLedger.by("alice", "looks right to me"),
            new RolloutStatus.Failure(
                "APPROVER_IS_REQUESTER",
                "alice launched this rollout and may not approve it",
                "rubicon approve")));
    approve("k2", 1, Runbook.Gate.EXPAND, "bob", "read the plan and the rehearsal");
    approve("k3", 1, Runbook.Gate.CUTOVER, "bob", "window agreed with support");
    test.enter(
        NewAuditEntry.approvalsVoid(
            "k4", expand, List.of(Runbook.Gate.CUTOVER), "rolled back: error rate looked odd"));
    approve("k5", 2, Runbook.Gate.CUTOVER, "carol", "the errors were the probe's own " + HOSTILE);
    test.enter(
        NewAuditEntry.signOff(
            "k6",
            expand,
            new Decision.SignOff(
                "stakeholders-informed", TestLedger.by("dave", "mail of Friday"))));
    int[] seconds = {300, 410, 505, 590};
    for (int i = 0; i < seconds.length; i++) {
      String key = ID + "/" + List.of("k1", "k2", "k3", "k5").get(i);
      test.tamper(
          "UPDATE rubicon_ledger.approval SET decided_at = '%s' WHERE key = '%s'"
              .formatted(START.plusSeconds(seconds[i]), key));
    }
  }

  private void approve(String key, int round, Runbook.Gate gate, String who, String why) {
    test.enter(
        NewAuditEntry.approval(
            key,
            input(Phase.EXPAND, round),
            new Decision.Approve(gate, "9e15719c".repeat(8), TestLedger.by(who, why))));
  }

  private static Crossed crossed(LockLadder.Attempt attempt) {
    return new Crossed(
        Optional.empty(),
        List.of(attempt),
        attempt.milliseconds(),
        List.of(),
        List.of("public.checks AccessExclusiveLock"));
  }

  private static LockLadder.Attempt attempt(int number, long timeout, double took, String outcome) {
    return new LockLadder.Attempt(
        number,
        timeout,
        took,
        outcome,
        outcome.equals("committed")
            ? List.of()
            : List.of(new Blocker(4711, "nightly-export", "active", 1.5, "AccessShareLock")),
        List.of());
  }

  private static List<Throughput.Point> throughput() {
    var points = new ArrayList<Throughput.Point>();
    for (int i = 0; i < 72; i++) {
      boolean held = i > 30 && i < 40;
      double rate = held ? 0 : 3_000 + 4_200 * (1 - Math.exp(-i / 9.0)) + 500 * Math.sin(i * 1.7);
      points.add(
          new Throughput.Point(
              START.plusMillis(425_000 + i * 500L).toString(),
              rate,
              held ? "replication lag 14 s is above 10 s" : ""));
    }
    return points;
  }

  private void phase(Phase phase, int round, long from, long to, String summary, Object facts)
      throws SQLException {
    ledger().phases().started(input(phase, round));
    ledger().phases().ended(input(phase, round), "done", summary, facts);
    sql(
        "UPDATE rubicon_ledger.phase_run SET started_at = '%s', ended_at = '%s' WHERE phase = '%s' AND round = %d"
            .formatted(START.plusSeconds(from), START.plusSeconds(to), phase.word(), round));
  }

  private void sql(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                test.target().url(), test.target().user(), test.target().password().reveal());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static CatalogSnapshot snapshot(String sql) throws SQLException {
    var server = SharedPostgres.server();
    var target =
        new Target(
            "prod",
            server.jdbcUrl(SharedPostgres.freshDatabase("report")),
            server.superuser(),
            new Secret(server.password()),
            Map.of());
    try (var connection =
            DriverManager.getConnection(target.url(), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
    try (var session =
        PgSession.open(target, new SessionTag(ID, Phase.PREFLIGHT), SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public"));
    }
  }
}
