package dev.rubicon.invariant;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.util.List;
import java.util.Locale;

/**
 * Invariants as one script that psql runs by itself, for CI and staging. All are asked, in one
 * read-only snapshot; at its end it fails where an error is broken. Rows are printed only where
 * somebody asks for them: the output of a pipeline is read by many.
 */
public final class ChecksScript {
  private static final String HEAD =
      """
      -- Data invariants of runbook %s, bundle %s.
      -- Written by: rubicon export-checks. Run it: psql -X -f FILE DATABASE
      -- It changes nothing. It exits with 0 when everything of severity error holds, with 3 when some
      -- does not, or could not be asked. With -v show=1 it prints offenders, too.
      \\set ON_ERROR_STOP on
      \\set QUIET on
      \\pset pager off
      \\set failed false
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL search_path = %s, pg_catalog;
      -- Rows that a policy hides would be offenders all the same.
      SET LOCAL row_security = off;

      """;

  private static final String ASK =
      """
      -- %1$s
      SELECT count(*) AS offenders, count(*) > %2$d AS broken FROM (
      %3$s
      ) AS offender \\gset
      \\if :broken
      \\echo '%4$s' %5$s ': ' :offenders 'offenders,' %2$d 'allowed'
      \\if :{?show}
      SELECT * FROM (
      %3$s
      ) AS offender LIMIT 100;
      \\endif
      %6$s\\else
      \\echo 'ok     ' %5$s
      \\endif

      """;

  private static final String END =
      """
      COMMIT;
      \\if :failed
      DO $$ BEGIN RAISE EXCEPTION 'data invariants are broken'; END $$;
      \\endif
      """;

  private ChecksScript() {}

  /** Of what was asked of the target, without what can only be asked behind expand. */
  public static String ofAsked(Bundle bundle, List<AskedInvariant> asked) {
    var script = new StringBuilder();
    for (AskedInvariant one : asked) {
      if (one.needsExpand()) {
        script.append("-- behind expand only: ").append(line(one.invariant().id())).append('\n');
      }
    }
    return of(
            bundle,
            asked.stream().filter(a -> !a.needsExpand()).map(AskedInvariant::invariant).toList())
        + script;
  }

  public static String of(Bundle bundle, List<DataInvariant> invariants) {
    Runbook runbook = bundle.runbook();
    var script = new StringBuilder();
    script.append(HEAD.formatted(runbook.name(), bundle.digest(), Naming.searchPath(runbook)));
    for (DataInvariant invariant : invariants) {
      boolean error = invariant.severity() == Runbook.Severity.ERROR;
      script.append(
          ASK.formatted(
              line(
                  invariant.derived() ? invariant.id() + ": " + invariant.about() : invariant.id()),
              invariant.allowed(),
              invariant.query(),
              error ? "BROKEN " : invariant.severity().name().toLowerCase(Locale.ROOT),
              quoted(invariant.id()),
              error ? "\\set failed true\n" : ""));
    }
    return script.append(END).toString();
  }

  private static String line(String text) {
    return text.replaceAll("\\s+", " ");
  }

  /** As psql's commands read it: escapes stand for something within quotes. */
  private static String quoted(String text) {
    return "'" + line(text).replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
