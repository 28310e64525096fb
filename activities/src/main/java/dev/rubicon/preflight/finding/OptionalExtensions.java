package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/** Extensions that the change uses where they are there: a warning where not, never an error. */
public final class OptionalExtensions {
  private OptionalExtensions() {}

  public static List<Finding> absent(PgSession session, Runbook runbook) {
    return runbook.preflight().extensions().stream()
        .filter(
            wanted ->
                session
                    .value(
                        "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = ?)", wanted.name())
                    .equals("f"))
        .map(
            wanted ->
                MeasuredFindings.absent(
                    wanted,
                    session
                        .value(
                            "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = ?)",
                            wanted.name())
                        .equals("t")))
        .toList();
  }
}
