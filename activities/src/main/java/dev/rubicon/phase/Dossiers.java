package dev.rubicon.phase;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Digest;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Tool;
import java.util.ArrayList;
import java.util.List;

/** Binds everything that an approval is about into one digest. */
public final class Dossiers {
  /** Under which name it is recorded. */
  public static final EvidenceName<Dossier> EVIDENCE = EvidenceName.of("dossier", Dossier.class);

  private Dossiers() {}

  /**
   * @param findings id and disposition of each
   */
  public record Dossier(
      String digest,
      String toolVersion,
      String bundle,
      String target,
      String fingerprint,
      String canonicalFingerprint,
      List<String> findings,
      String backup,
      String rehearsal,
      List<String> cannotPromise) {}

  static Dossier bind(
      Ledger ledger,
      Target target,
      PhaseInput input,
      Facts.Preflight preflight,
      Facts.Backup backup,
      Facts.Rehearsal rehearsal,
      List<String> cannotPromise) {
    List<String> findings = new ArrayList<>();
    ledger
        .evidenceOf(input.rollout(), Phase.PREFLIGHT, EvidenceNames.FINDINGS)
        .orElse(List.of())
        .forEach(finding -> findings.add(finding.id() + " " + finding.disposition()));
    findings.sort(null);
    String resolved =
        target.name()
            + " "
            + target.url()
            + input.footing().identity().map(identity -> " " + identity).orElse("");
    String digest =
        Digest.of(
            Tool.VERSION,
            input.bundle(),
            resolved,
            preflight.fingerprint(),
            preflight.canonicalFingerprint(),
            String.join("\n", findings),
            String.join("\n", preflight.clients()),
            preflight.ceremony().map(Ceremony::line).orElse(""),
            backup.digest(),
            rehearsal.digest(),
            String.join("\n", cannotPromise));
    return new Dossier(
        digest,
        Tool.VERSION,
        input.bundle(),
        resolved,
        preflight.fingerprint(),
        preflight.canonicalFingerprint(),
        findings,
        backup.digest(),
        rehearsal.digest(),
        cannotPromise);
  }
}
