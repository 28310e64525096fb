package dev.rubicon.preflight.finding;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stamp.StampProblem;
import dev.rubicon.stamp.VersionTable;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Findings from version tables and earlier launches, not from comparing schemas. They hold no
 * measured value.
 */
public final class MeasuredFindings {
  private MeasuredFindings() {}

  /** What is to be stamped, and cannot be as things are. */
  public static Stream<Finding> stamps(
      PgSession session, Bundle bundle, CatalogSnapshot canonical, boolean finished) {
    return StampProblem.find(session, bundle, canonical, finished).stream()
        .map(
            problem ->
                new Finding(
                    "hazard:stamp:" + problem.table(),
                    Finding.Kind.HAZARD,
                    problem.what(),
                    Optional.empty(),
                    Optional.empty(),
                    problem.sql(),
                    Finding.Disposition.OPEN,
                    ""));
  }

  /** What a version table says, and each migration of it that somebody has to look at. */
  public static Stream<Finding> versions(VersionTable table) {
    Stream<Finding> broken =
        table.broken().stream()
            .map(
                migration ->
                    invalid(
                        table.table() + ":" + migration.version(),
                        table.title()
                            + " has "
                            + migration.version()
                            + " as "
                            + migration.state().name().toLowerCase(Locale.ROOT).replace('_', '-')
                            + migration.remedy().map(remedy -> ": " + remedy).orElse("")));
    Stream<Finding> held =
        table.held().stream()
            .map(free -> invalid(table.table() + ":lock", table.title() + " is locked: " + free));
    return Stream.of(Stream.of(note("version-table:" + table.table(), table.line())), broken, held)
        .flatMap(Function.identity());
  }

  private static Finding invalid(String id, String title) {
    return finding("invalid:migration:" + id, Finding.Kind.INVALID, title);
  }

  /** An extension that the change uses where it is there. */
  static Finding absent(Runbook.OptionalExtension extension, boolean available) {
    return note(
        "extension:" + extension.name(),
        "warning: extension "
            + extension.name()
            + (available
                ? " is on the server and not in this database (CREATE EXTENSION "
                    + extension.name()
                    + ")"
                : " is not on the server")
            + ": "
            + extension.without());
  }

  public static Finding adopted(EarlierLaunch earlier) {
    return note(
        "relaunch",
        "rollout "
            + earlier.rollout()
            + " of this bundle got as far as "
            + earlier.stage()
            + ": its baseline is taken over, its hazards were judged then");
  }

  public static Finding finished() {
    return note(
        "finished",
        "the target is canonical, and what this runbook brings is there: there is nothing to do");
  }

  /** After the crossing a hazard of contract stops no plan: contract itself stops at it. */
  public static Finding inContractsWay(Finding hazard) {
    return note(
        "contract:" + hazard.id(), "contract could not end as things stand: " + hazard.title());
  }

  public static Finding note(String id, String title) {
    return finding("note:" + id, Finding.Kind.NOTE, title);
  }

  static Finding hazard(String id, String title) {
    return finding("hazard:" + id, Finding.Kind.HAZARD, title);
  }

  static Finding finding(String id, Finding.Kind kind, String title) {
    return new Finding(
        id,
        kind,
        title,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
