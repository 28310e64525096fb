package dev.rubicon.ledger.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.backfill.Throughput;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.cutover.Crossed;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.preflight.trial.Effects;
import dev.rubicon.rollback.Returned;
import dev.rubicon.watch.WatchPosition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Literal evidence, as ledgers hold it that were written before names had types. */
final class EvidenceEntryTest {
  private static final String ATTEMPT =
      """
      {"number": 1, "outcome": "committed", "lockTimeoutMs": 100, "milliseconds": 61.4,
       "terminated": [],
       "blockers": [{"pid": 7, "lock": "AccessShareLock", "state": "idle in transaction",
                     "applicationName": "export", "transactionSeconds": 1.5}]}
      """;

  private static EvidenceEntry entry(String name, String json) {
    return new EvidenceEntry("cutover", 1, name, Instant.EPOCH, LedgerJson.read(json));
  }

  private static <T> T read(EvidenceName<T> name, String json) {
    return entry(name.stored(), json).as(name);
  }

  @Test
  void theCrossingIsReadWhetherItWaitedForOldTransactionsOrNot() {
    var json =
        """
        {"attempts": [%s], "stallUpperBoundMs": 61.4, "relaxed": ["public.t: NOT NULL"],
         "locks": ["public.t AccessExclusiveLock"]%s}
        """;
    var plain = read(Crossed.EVIDENCE, json.formatted(ATTEMPT, ""));
    assertThat(plain.waitedForTransactionsOlderThanTheCopy()).isEmpty();
    assertThat(plain.attempts().getFirst().blockers().getFirst().applicationName())
        .isEqualTo("export");
    assertThat(LedgerJson.MAPPER.valueToTree(plain).toString())
        .doesNotContain("waitedForTransactionsOlderThanTheCopy");
    var waited =
        read(
            Crossed.EVIDENCE,
            json.formatted(
                ATTEMPT,
                ", \"waitedForTransactionsOlderThanTheCopy\":"
                    + " {\"transactions\": [], \"terminated\": []}"));
    assertThat(waited.waitedForTransactionsOlderThanTheCopy()).isPresent();
    var returned =
        read(
            Returned.EVIDENCE,
            "{\"attempts\": [%s], \"stallUpperBoundMs\": 61.4}".formatted(ATTEMPT));
    assertThat(returned.stallUpperBoundMs()).isEqualTo(61.4);
    assertThat(read(LockEvidence.LOCKS, "{\"public.t\": [%s]}".formatted(ATTEMPT)))
        .containsOnlyKeys("public.t");
  }

  @Test
  void whatPreflightFoundIsRead() {
    var findings =
        read(
            EvidenceNames.FINDINGS,
            """
            [{"id": "missing:table:public.t", "kind": "MISSING", "title": "t", "reason": "",
              "target": null, "canonical": "TABLE", "suggestedSql": null, "disposition": "OPEN"}]
            """);
    assertThat(findings)
        .containsExactly(
            new Finding(
                "missing:table:public.t",
                Finding.Kind.MISSING,
                "t",
                Optional.empty(),
                Optional.of("TABLE"),
                Optional.empty(),
                Finding.Disposition.OPEN,
                ""));
    var snapshot =
        read(
            EvidenceNames.SNAPSHOT,
            """
            {"entries": [{"kind": "table", "schema": "public", "object": "t", "part": "",
                          "definition": "TABLE", "valid": true, "of": ""}]}
            """);
    assertThat(snapshot.find(ObjectKind.TABLE, "public", "t", "")).isPresent();
    var effects =
        read(
            Effects.EVIDENCE,
            """
            {"statements": [], "not-copied": [{"statement": "s", "reason": "r"}]}
            """);
    assertThat(effects.notCopied()).hasSize(1);
    assertThat(LedgerJson.MAPPER.valueToTree(effects).has("not-copied")).isTrue();
  }

  @Test
  void whatTheBackfillAndTheWatchKeptIsRead() {
    assertThat(
            read(
                Throughput.EVIDENCE,
                "[{\"at\": \"2026-11-21T02:07:05Z\", \"rowsPerSecond\": 10.5, \"note\": \"\"}]"))
        .extracting(point -> point.rowsPerSecond())
        .isEqualTo(List.of(10.5));
    assertThat(
            read(
                    WatchPosition.EVIDENCE,
                    """
                    {"rounds": 3, "baselines": {"errors": 4}, "failing": ["me"], "changes": [
                      {"check": "me", "failing": true, "detail": "500", "at": "2026-11-21T02:07:05Z",
                       "told": "delivered"}], "alerts": ["me"]}
                    """)
                .baselines())
        .containsEntry("errors", 4L);
    assertThat(read(EvidenceNames.COUNTS, "{\"unfilled\": 5000000000}"))
        .containsEntry("unfilled", 5_000_000_000L);
  }

  @Test
  void whatAnotherVersionWroteIsNotReadAsSomethingElse() {
    EvidenceEntry other = entry("watch", "{\"round\": 7}");
    assertThat(other.find(WatchPosition.EVIDENCE)).isEmpty();
    assertThat(other.find(Crossed.EVIDENCE)).isEmpty();
    assertThatThrownBy(() -> other.as(WatchPosition.EVIDENCE))
        .isInstanceOf(RubiconException.class)
        .hasMessageContaining("'watch'");
  }
}
