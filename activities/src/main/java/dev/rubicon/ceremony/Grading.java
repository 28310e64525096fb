package dev.rubicon.ceremony;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.finding.Finding;
import dev.rubicon.grade.Grade;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The grade of a change, by what its statements are and what preflight found: never by what a
 * runbook says of itself. What is not known to be harmless is not.
 *
 * @param why for people
 */
public record Grading(Grade grade, List<String> why) {
  public Grading {
    why = List.copyOf(why);
  }

  /** The higher of both. */
  public Grading atLeast(Grade other) {
    return other.compareTo(grade) > 0 ? new Grading(other, List.of()) : this;
  }

  /**
   * @param bundle in the long form
   * @param findings of preflight
   * @param clients what clients will notice, as preflight found it
   */
  public static Grading of(Bundle bundle, List<Finding> findings, List<String> clients) {
    Runbook runbook = bundle.runbook();
    var migrations = Migrations.of(bundle);
    List<String> lost = new ArrayList<>(migrations.irreversible());
    runbook.transitions().stream()
        .flatMap(transition -> transition.columns().stream())
        .filter(column -> column.irreversible().isPresent())
        .forEach(column -> lost.add("column " + column.name() + " has no way back"));
    if (!lost.isEmpty()) {
      return new Grading(Grade.IRREVERSIBLE, lost);
    }
    List<String> noticed = new ArrayList<>(migrations.noticeable());
    noticed.addAll(noticed(runbook));
    if (!clients.isEmpty()) {
      noticed.add(
          "clients will notice " + clients.size() + (clients.size() == 1 ? " thing" : " things"));
    }
    findings.stream()
        .filter(finding -> finding.kind() == Finding.Kind.HAZARD)
        .forEach(finding -> noticed.add(finding.id()));
    return noticed.isEmpty()
        ? new Grading(Grade.UNNOTICED, List.of("it only adds what nobody uses yet"))
        : new Grading(Grade.REVERSIBLE, noticed);
  }

  private static List<String> noticed(Runbook runbook) {
    var noticed = new ArrayList<String>();
    if (!runbook.transitions().isEmpty()) {
      noticed.add("both sides are kept in step");
    }
    if (runbook.fix().isPresent()) {
      noticed.add("sequences are set");
    }
    if (!runbook.partitions().isEmpty() || !runbook.keyTables().isEmpty()) {
      noticed.add("partitions and their keys are kept");
    }
    Runbook.Contract contract = runbook.contract();
    if (!contract.sql().isEmpty()
        || !contract.legacyRelations().isEmpty()
        || !contract.legacyColumns().isEmpty()) {
      noticed.add("contract takes something away");
    }
    Runbook.Cutover cutover = runbook.cutover();
    if (cutover.deploy().isPresent()
        || cutover.rollbackDeploy().isPresent()
        || cutover.readOnly().isPresent()
        || cutover.terminateBlockersAfter().isPresent()) {
      noticed.add("the cutover does more than stamps");
    }
    boolean acts =
        Stream.concat(runbook.smoke().stream(), runbook.watch().checks().stream())
            .anyMatch(check -> !(check instanceof Check.Sql));
    if (acts) {
      noticed.add("a check does more than to query the target");
    }
    return noticed;
  }
}
