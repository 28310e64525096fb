package dev.rubicon.ledger.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import dev.rubicon.ledger.connection.LedgerJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares approvals, sign-offs and evidence with what the trail says of them. */
final class RowCheck {
  private final List<Break> breaks = new ArrayList<>();

  private RowCheck() {}

  static List<Break> of(AuditBooks books) {
    var check = new RowCheck();
    check.approvals(books);
    check.signOffs(books);
    check.evidence(books);
    return List.copyOf(check.breaks);
  }

  private void approvals(AuditBooks books) {
    Map<String, AuditEntry> entries = new LinkedHashMap<>();
    Map<String, String> isVoid = new HashMap<>();
    for (AuditEntry entry : books.chain()) {
      switch (entry.action()) {
        case NewAuditEntry.APPROVED, NewAuditEntry.REFUSED ->
            entries.put(entry.idempotencyKey(), entry);
        case NewAuditEntry.VOIDED -> makeVoid(entry, entries, isVoid);
        default -> {}
      }
    }
    for (AuditBooks.Approval row : books.approvals()) {
      String what = "the approval " + row.key();
      AuditEntry entry = entries.remove(row.key());
      if (entry == null) {
        add(0, Kind.ROW_WITHOUT_ENTRY, what + " stands in its table only");
        continue;
      }
      JsonNode said = LedgerJson.read(entry.detail());
      differs(
          entry,
          what,
          pair("rollout", row.rollout(), entry.rollout()),
          pair("gate", row.gate(), said.path("gate").asText()),
          pair("round", row.round(), said.path("round").asInt()),
          pair("digest", row.digest(), said.path("digest").asText()),
          pair("principal", row.principal(), entry.actor()),
          pair("reason", row.reason(), said.path("reason").asText()),
          pair("granted", row.granted(), entry.action().equals(NewAuditEntry.APPROVED)),
          pair("code", row.code(), said.path("code").asText()),
          pair("cause", row.cause(), said.path("cause").asText()),
          pair("void", row.isVoid(), isVoid.containsKey(row.key())),
          pair("void_reason", row.voidReason(), isVoid.getOrDefault(row.key(), "")));
    }
    entries.values().forEach(entry -> lacks(entry, "approval"));
  }

  /** As the ledger does it: what was granted before, and not void yet. */
  private static void makeVoid(
      AuditEntry entry, Map<String, AuditEntry> entries, Map<String, String> isVoid) {
    JsonNode said = LedgerJson.read(entry.detail());
    for (AuditEntry approval : entries.values()) {
      String gate = LedgerJson.read(approval.detail()).path("gate").asText();
      boolean named = false;
      for (JsonNode of : said.path("gates")) {
        named |= of.asText().equals(gate);
      }
      if (named
          && approval.action().equals(NewAuditEntry.APPROVED)
          && approval.rollout().equals(entry.rollout())) {
        isVoid.putIfAbsent(approval.idempotencyKey(), said.path("reason").asText());
      }
    }
  }

  private void signOffs(AuditBooks books) {
    Map<String, AuditEntry> first = new LinkedHashMap<>();
    for (AuditEntry entry : books.chain()) {
      if (entry.action().equals(NewAuditEntry.SIGNED_OFF)) {
        String item = LedgerJson.read(entry.detail()).path("item").asText();
        first.putIfAbsent(entry.rollout() + "/" + item, entry);
      }
    }
    for (AuditBooks.SignOff row : books.signOffs()) {
      String key = row.rollout() + "/" + row.item();
      AuditEntry entry = first.remove(key);
      if (entry == null) {
        add(0, Kind.ROW_WITHOUT_ENTRY, "the sign-off " + key + " stands in its table only");
        continue;
      }
      differs(
          entry,
          "the sign-off " + key,
          pair("principal", row.principal(), entry.actor()),
          pair("reason", row.reason(), LedgerJson.read(entry.detail()).path("reason").asText()));
    }
    first.values().forEach(entry -> lacks(entry, "sign_off"));
  }

  /** What the trail last said of one phase's evidence in one round. */
  private static final class Measured {
    private boolean running;
    private final Map<String, String> sha256 = new LinkedHashMap<>();
    private final Map<String, Long> seq = new HashMap<>();

    void on(AuditEntry entry, JsonNode said) {
      running = entry.action().equals("phase-started");
      if (!entry.action().equals(EvidenceRows.RECORDED) && !running) {
        sha256.clear();
      }
      said.path("evidence")
          .properties()
          .forEach(
              named -> {
                sha256.put(named.getKey(), named.getValue().asText());
                seq.put(named.getKey(), entry.seq());
              });
    }
  }

  private void evidence(AuditBooks books) {
    Map<String, Measured> measured = new LinkedHashMap<>();
    for (AuditEntry entry : books.chain()) {
      if (entry.action().startsWith("phase-") || entry.action().equals(EvidenceRows.RECORDED)) {
        JsonNode said = LedgerJson.read(entry.detail());
        measured
            .computeIfAbsent(
                place(entry.rollout(), said.path("phase").asText(), said.path("round").asInt()),
                _ -> new Measured())
            .on(entry, said);
      }
    }
    for (AuditBooks.Evidence row : books.evidence()) {
      String place = place(row.rollout(), row.phase(), row.round());
      String what = "the evidence " + row.name() + " of " + place;
      Measured of = measured.getOrDefault(place, new Measured());
      if (of.running) {
        // It may be replaced at any moment; the phase's end says what it came to.
        continue;
      }
      String sha256 = of.sha256.remove(row.name());
      if (sha256 == null) {
        add(0, Kind.ROW_WITHOUT_ENTRY, what + " stands in its table only");
      } else if (!sha256.equals(row.sha256())) {
        add(of.seq.get(row.name()), Kind.ROW_DIFFERS, what + " is not what was recorded");
      }
    }
    measured.forEach(
        (place, of) -> {
          if (!of.running) {
            of.sha256
                .keySet()
                .forEach(
                    name ->
                        add(
                            of.seq.get(name),
                            Kind.ENTRY_WITHOUT_ROW,
                            "the evidence " + name + " of " + place + " is gone"));
          }
        });
  }

  private static String place(String rollout, String phase, int round) {
    return rollout + ", " + phase + ", round " + round;
  }

  private record Pair(String column, Object row, Object entry) {}

  private static Pair pair(String column, Object row, Object entry) {
    return new Pair(column, row, entry);
  }

  /** Names columns, not their values: both are shown by {@code rubicon audit} and the table. */
  private void differs(AuditEntry entry, String what, Pair... pairs) {
    var columns = new ArrayList<String>();
    for (Pair pair : pairs) {
      if (!Objects.equals(pair.row(), pair.entry())) {
        columns.add(pair.column());
      }
    }
    if (!columns.isEmpty()) {
      add(
          entry.seq(),
          Kind.ROW_DIFFERS,
          what + " differs from its entry in " + String.join(", ", columns));
    }
  }

  private void lacks(AuditEntry entry, String table) {
    add(
        entry.seq(),
        Kind.ENTRY_WITHOUT_ROW,
        "the table " + table + " has no row for it (" + entry.idempotencyKey() + ")");
  }

  private void add(long seq, Kind kind, String detail) {
    breaks.add(new Break(seq, kind, detail));
  }
}
