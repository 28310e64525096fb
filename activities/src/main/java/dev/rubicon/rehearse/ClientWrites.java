package dev.rubicon.rehearse;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether clients can write on the clone what they could before: rows of each transition's
 * relations, through either name. The owner's triggers and functions may count on the row's shape.
 * What failed without the rollout is no matter of it.
 */
final class ClientWrites {
  private final PhaseContext clone;
  private final Map<RelationName, WriteTrial.Shape> shapes = new HashMap<>();
  private final Map<RelationName, WriteTrial.Answers> before = new HashMap<>();
  private final Map<String, Finding> findings = new LinkedHashMap<>();

  /** Writes the legacy relations as they are before anything is installed. */
  ClientWrites(PhaseContext clone) {
    this.clone = clone;
    try (PgSession session = open()) {
      for (Runbook.Transition transition : clone.runbook().transitions()) {
        RelationName legacy = RelationName.parse(transition.relation());
        if (!before.containsKey(legacy) && WriteTrial.takesWrites(session, legacy)) {
          WriteTrial.Shape shape = WriteTrial.shape(session, legacy);
          shapes.put(legacy, shape);
          before.put(legacy, new WriteTrial(session, legacy, shape).run());
        }
      }
    }
  }

  /** Of clients that know one side's columns only. */
  private record Client(RelationName relation, WriteTrial.Shape shape, boolean legacy) {}

  /** Behind which phase of the rehearsal they write. */
  enum Point {
    /** Only the legacy side takes clients. */
    DUAL_WRITE,
    VERIFY,
    CUTOVER
  }

  /**
   * Writes rows as clients of each side do then.
   *
   * @throws RubiconException REHEARSAL_FAILED for what the runbook does not allow, after the
   *     evidence was recorded
   */
  void behind(Point point) {
    try (PgSession session = open()) {
      for (Runbook.Transition transition : clone.runbook().transitions()) {
        RelationName legacy = RelationName.parse(transition.relation());
        for (Client client : clients(session, transition, point)) {
          clone.progress().checkCancelled();
          WriteTrial.Answers now = new WriteTrial(session, client.relation(), client.shape()).run();
          compare(legacy, client, now).forEach(f -> findings.putIfAbsent(f.id(), f));
        }
      }
    }
    List<Finding> judged = new Dispositions(clone.runbook()).apply(findings.values().stream());
    clone.evidence().record(EvidenceNames.CLIENT_WRITES, judged);
    refuse(judged.stream().filter(Finding::blocks).toList());
  }

  private List<Client> clients(PgSession session, Runbook.Transition transition, Point point) {
    boolean crossed = point == Point.CUTOVER;
    RelationName legacy = RelationName.parse(transition.relation());
    Optional<WriteTrial.Shape> known = Optional.ofNullable(shapes.get(legacy));
    Optional<Shadow> shadow = transition.shadow();
    RelationName canonical =
        shadow.map(s -> RelationName.parse(crossed ? s.to() : s.before())).orElse(legacy);
    boolean gone =
        crossed
            && shadow
                .filter(
                    s ->
                        s.legacyName() == LegacyName.HIDE
                            || RelationName.parse(s.to()).equals(legacy))
                .isPresent();
    return Stream.of(
            known.filter(_ -> !gone).map(shape -> new Client(legacy, shape, true)),
            Optional.of(canonical)
                .filter(_ -> point != Point.DUAL_WRITE || shadow.isEmpty())
                .filter(name -> WriteTrial.takesWrites(session, name))
                .map(name -> new Client(name, canonicalShape(session, transition, name), false)))
        .flatMap(Optional::stream)
        .filter(client -> WriteTrial.takesWrites(session, client.relation()))
        .toList();
  }

  /** In place, what a {@code down} derives is left to us. */
  private static WriteTrial.Shape canonicalShape(
      PgSession session, Runbook.Transition transition, RelationName name) {
    WriteTrial.Shape all = WriteTrial.shape(session, name);
    if (transition.endsRelation()) {
      return all;
    }
    List<String> derived =
        transition.columns().stream()
            .flatMap(column -> column.down().keySet().stream())
            .map(legacy -> Identifiers.split(legacy).getFirst())
            .toList();
    return all.only(all.columns().stream().filter(c -> !derived.contains(c)).toList());
  }

  private List<Finding> compare(RelationName legacy, Client client, WriteTrial.Answers now) {
    WriteTrial.Answers then = before.getOrDefault(legacy, WriteTrial.Answers.NONE);
    var found = new ArrayList<Finding>();
    for (WriteTrial.Write write : WriteTrial.Write.values()) {
      now.to(write).entrySet().stream()
          .filter(answer -> !answer.getKey().isEmpty())
          .filter(answer -> !then.to(write).containsKey(answer.getKey()))
          // Canonical's first rows are others than legacy's, and other rows may refer to them.
          .filter(answer -> client.legacy() || !answer.getKey().startsWith("23"))
          .findFirst()
          .ifPresent(answer -> found.add(finding(client, write, answer.getValue())));
    }
    return found;
  }

  private static Finding finding(Client client, WriteTrial.Write write, String said) {
    return new Finding(
        "hazard:client-write:%s:%s"
            .formatted(client.relation(), write.name().toLowerCase(Locale.ROOT)),
        Finding.Kind.HAZARD,
        write
            + " of a row of "
            + client.relation()
            + " by clients of "
            + (client.legacy() ? "legacy" : "canonical")
            + " fails on the clone: "
            + said,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static void refuse(List<Finding> blocking) {
    if (!blocking.isEmpty()) {
      throw new RubiconException(
          ErrorCode.REHEARSAL_FAILED,
          "clients could not write what they can now: "
              + String.join(
                  "; ", blocking.stream().map(f -> f.id() + " (" + f.title() + ")").toList()),
          "mend the trigger, the function or the rule that fails, e.g. by naming columns instead of"
              + " OLD.*; or allow each under hazards: with a reason; then launch anew");
    }
  }

  private PgSession open() {
    return clone.open(SessionLimits.OWN_DATABASE);
  }
}
