package dev.rubicon.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.SequenceDefinition;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Transitions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What canonical has and the target lacks: before the cutover nothing may be missing that the
 * runbook does not accept. Constraints, defaults and NOT NULL are what cutover and contract bring.
 */
final class CanonicalComparison {
  private static final ObjectMapper JSON = new ObjectMapper();

  private CanonicalComparison() {}

  static void judge(PhaseContext context, PgSession session) {
    Optional<CatalogSnapshot> canonical =
        TargetState.canonical(session).map(CanonicalComparison::read);
    if (canonical.isEmpty()) {
      return;
    }
    List<Finding> differences =
        CatalogDiff.between(
            CatalogReader.read(session, context.runbook().schemas()), canonical.get());
    context
        .evidence()
        .record(
            EvidenceNames.DIFFERS_FROM_CANONICAL, differences.stream().map(Finding::id).toList());
    List<String> missing = missing(context.runbook(), session, canonical.get(), differences);
    if (!missing.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FINDING_OPEN,
          "canonical has what the target lacks: " + String.join(", ", missing),
          "add it under expand: or transitions:, or say under findings: why it may be missing");
    }
  }

  /** Ids of what canonical has and the target lacks, unless the runbook accepts it. */
  static List<String> missing(Runbook runbook, PgSession session) {
    return TargetState.canonical(session)
        .map(CanonicalComparison::read)
        .map(
            canonical ->
                missing(
                    runbook,
                    session,
                    canonical,
                    CatalogDiff.between(CatalogReader.read(session, runbook.schemas()), canonical)))
        .orElse(List.of());
  }

  private static List<String> missing(
      Runbook runbook, PgSession session, CatalogSnapshot canonical, List<Finding> differences) {
    Set<String> comesWithContract = comesWithContract(session, canonical);
    return differences.stream()
        .filter(f -> f.kind() == Finding.Kind.MISSING)
        .map(Finding::id)
        .filter(id -> id.matches("missing:(table|column|index|sequence|view|type|enum):.*"))
        .filter(id -> !comesWithTheCutover(runbook, id))
        .filter(id -> !comesWithContract.contains(id))
        .filter(id -> runbook.findings().stream().noneMatch(d -> matches(d, id)))
        .toList();
  }

  /** A relation that has its name only from the cutover on, and what is in it. */
  private static boolean comesWithTheCutover(Runbook runbook, String id) {
    return runbook.transitions().stream()
        .flatMap(t -> t.shadow().stream())
        .filter(s -> s.builtAs().isPresent())
        .map(s -> RelationName.parse(s.to()))
        .anyMatch(to -> id.matches("missing:[a-z]+:" + Pattern.quote(to.toString()) + "(\\..*)?"));
  }

  /** The sequence of an identity column that draws from legacy's until contract. */
  private static Set<String> comesWithContract(PgSession session, CatalogSnapshot canonical) {
    Set<String> columns =
        Transitions.installed(session).stream()
            .flatMap(t -> t.identityColumns().stream())
            .map(column -> ObjectKind.COLUMN.word() + ":" + column)
            .collect(Collectors.toSet());
    return canonical.of(ObjectKind.SEQUENCE).stream()
        .filter(sequence -> SequenceDefinition.of(sequence).identity())
        .filter(sequence -> columns.contains(sequence.of()))
        .map(sequence -> "missing:" + sequence.name())
        .collect(Collectors.toSet());
  }

  private static boolean matches(Runbook.Disposition disposition, String id) {
    String pattern =
        Pattern.compile("\\*")
            .splitAsStream(disposition.match() + "\0")
            .map(part -> Pattern.quote(part.replace("\0", "")))
            .collect(Collectors.joining(".*"));
    return id.matches(pattern);
  }

  private static CatalogSnapshot read(String json) {
    try {
      return JSON.readValue(json, CatalogSnapshot.class);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL, "the stored canonical snapshot is not readable", "report it", e);
    }
  }
}
