package dev.rubicon.bundle;

import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.statement.Beyond;
import dev.rubicon.statement.TransactionControl;
import dev.rubicon.yaml.Reading;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Refuses files of SQL that reach beyond the database in which they run, before any of them is
 * sent: plan and rehearsal run them on the staging server, which others share.
 */
final class ServerReach {
  private ServerReach() {}

  static void check(Runbook runbook, Map<String, byte[]> files, Reading reading) {
    var inTransactions = new LinkedHashSet<String>(runbook.contract().sql());
    runbook
        .expand()
        .migrations()
        .ifPresent(
            folder ->
                files.keySet().stream()
                    .filter(path -> path.startsWith(folder + "/") && path.endsWith(".sql"))
                    .forEach(inTransactions::add));
    var all = new LinkedHashSet<>(runbook.canonical().sql());
    all.addAll(inTransactions);
    Stream.of(runbook.smoke(), runbook.watch().checks(), runbook.rehearse().checks())
        .flatMap(checks -> checks.stream())
        .filter(Check.DuckDb.class::isInstance)
        .map(Check.DuckDb.class::cast)
        .forEach(check -> all.addAll(check.localSql()));
    all.forEach(path -> file(path, files, inTransactions, reading));
  }

  private static void file(
      String path, Map<String, byte[]> files, Set<String> inTransactions, Reading reading) {
    byte[] content = files.get(path);
    if (content == null) {
      return; // named as missing already
    }
    String sql = new String(content, StandardCharsets.UTF_8);
    Beyond.in(sql)
        .ifPresent(
            reach ->
                reading.problemIn(
                    path,
                    reach.line(),
                    reach.what()
                        + " reaches beyond the database that it runs in: plan and rehearsal would"
                        + " do it for good, on a server that others share; do it by hand, as"
                        + " manual: says"));
    if (inTransactions.contains(path)) {
      TransactionControl.in(sql)
          .ifPresent(
              reach ->
                  reading.problemIn(
                      path,
                      reach.line(),
                      reach.what()
                          + " begins or ends a transaction that is not the file's own: Rubicon runs"
                          + " the file in one, or, with '-- no transaction:', each statement in"
                          + " its own"));
    }
  }
}
