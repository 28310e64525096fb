package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.runbook.Runbook;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the runbook says of each finding. */
public final class Dispositions {
  /**
   * What the engine cannot carry is accepted by somebody who has written that it is: a pattern for
   * everything is none.
   */
  private static final String UNSUPPORTED = "unsupported:";

  private final Runbook runbook;
  private final LocalDate today;

  public Dispositions(Runbook runbook) {
    this(runbook, LocalDate.now(ZoneOffset.UTC));
  }

  Dispositions(Runbook runbook, LocalDate today) {
    this.runbook = runbook;
    this.today = today;
  }

  /** The finding with the runbook's disposition; the first match counts. */
  public Finding apply(Finding finding) {
    if (finding.disposition() != Finding.Disposition.OPEN) {
      return finding;
    }
    if (finding.kind() == Finding.Kind.HAZARD) {
      Optional<Runbook.HazardAllowance> allowance =
          runbook.hazards().stream()
              .filter(hazard -> matches(hazard.hazard(), finding.id()))
              .findFirst();
      if (allowance.isPresent()) {
        return with(finding, Finding.Disposition.ALLOWED, allowance.get().reason());
      }
      return finding;
    }
    return first(finding.id())
        .filter(
            disposition ->
                finding.kind() != Finding.Kind.UNSUPPORTED
                    || disposition.match().startsWith(UNSUPPORTED))
        .map(
            disposition ->
                disposition.expired(today)
                    ? with(finding, Finding.Disposition.OPEN, expired(disposition))
                    : with(finding, of(disposition.kind()), reason(disposition)))
        .orElse(finding);
  }

  private static String reason(Runbook.Disposition disposition) {
    return disposition.reason() + disposition.until().map(day -> " (until " + day + ")").orElse("");
  }

  private static String expired(Runbook.Disposition disposition) {
    return "the acceptance ended on "
        + disposition.until().orElseThrow()
        + disposition.owner().map(owner -> ", ask " + owner).orElse("")
        + ": "
        + disposition.reason();
  }

  /**
   * Entries of findings and hazards that no finding has: a slip, or left from before. What only the
   * rehearsal or others can bring is not missed.
   */
  public List<Finding> unmatched(List<Finding> found) {
    Stream<String> findings =
        runbook.findings().stream()
            .map(Runbook.Disposition::match)
            .filter(match -> found.stream().noneMatch(f -> matches(match, f.id())))
            .map(match -> "findings:" + match);
    Stream<String> hazards =
        runbook.hazards().stream()
            .map(Runbook.HazardAllowance::hazard)
            .filter(match -> !match.startsWith("hazard:meanwhile"))
            .filter(match -> !match.startsWith("hazard:client-write"))
            .filter(match -> found.stream().noneMatch(f -> matches(match, f.id())))
            .map(match -> "hazards:" + match);
    return Stream.concat(findings, hazards)
        .map(entry -> MeasuredFindings.note("unmatched:" + entry, "matches nothing: " + entry))
        .toList();
  }

  /** Entries for differences of which none of these is one: what they tell of is gone. */
  public List<Runbook.Disposition> repaired(List<Finding> found) {
    return runbook.findings().stream()
        .filter(entry -> entry.kind() != Runbook.Disposition.Kind.IGNORE)
        .filter(entry -> entry.match().matches("(missing|extra|changed|invalid|value-drift):.*"))
        .filter(entry -> found.stream().noneMatch(f -> matches(entry.match(), f.id())))
        .toList();
  }

  private Optional<Runbook.Disposition> first(String id) {
    return runbook.findings().stream()
        .filter(disposition -> matches(disposition.match(), id))
        .findFirst();
  }

  /** Whether the runbook wants what canonical has not to be dropped. */
  public boolean drops(String id) {
    return first(id).filter(d -> d.kind() == Runbook.Disposition.Kind.DROP).isPresent();
  }

  public List<Finding> apply(Stream<Finding> findings) {
    return findings.map(this::apply).toList();
  }

  public static Finding with(Finding finding, Finding.Disposition disposition, String reason) {
    return new Finding(
        finding.id(),
        finding.kind(),
        finding.title(),
        finding.target(),
        finding.canonical(),
        finding.suggestedSql(),
        disposition,
        reason);
  }

  /** {@code *} matches any run of characters; all else stands for itself. */
  static boolean matches(String glob, String id) {
    String regex =
        Stream.of(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(id).matches();
  }

  private static Finding.Disposition of(Runbook.Disposition.Kind kind) {
    return switch (kind) {
      // Until the trial has seen it go: a migration drops it, which is a hazard, or nobody does.
      case DROP -> Finding.Disposition.OPEN;
      case FIX -> Finding.Disposition.FIXED_BY_ROLLOUT;
      case ACCEPT -> Finding.Disposition.ACCEPTED;
      case MAP -> Finding.Disposition.MAPPED;
      case IGNORE -> Finding.Disposition.IGNORED;
    };
  }
}
