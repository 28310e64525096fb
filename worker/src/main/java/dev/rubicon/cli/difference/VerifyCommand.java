package dev.rubicon.cli.difference;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.compare.Compare;
import dev.rubicon.compare.Differences;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.verify.Comparison;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon verify}. */
@Command(
    name = "verify",
    description = {
      "Compares both sides of the rollout that is installed on the target, now, in one snapshot.",
      "It is what phase verify compares, but read-only and recorded nowhere. Needs no worker. From",
      "dual-write until contract there are two sides.",
      "Shows the keys of rows that disagree. Exits 0 when both sides agree, 2 when they do not.",
      "A cutover waits until it has ended.",
      "",
      "With --left and --right it compares any two relations, without a rollout: each database is",
      "read in one read-only snapshot. Values stay where they are unless --show-values asks."
    })
public final class VerifyCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();
  @Mixin private ComparedRelations relations = new ComparedRelations();

  @Override
  public Integer call() {
    return relations.asked() ? compare() : verify();
  }

  private int compare() {
    var question = relations.question(root, root.config());
    try (var progress = Foreground.start(root.console())) {
      Differences found =
          Compare.run(question, SessionTag.ofCommand("verify", Phase.VERIFY), progress);
      root.answer(found, () -> DifferencesView.text(found, Paint.of(root.console())));
      return found.agrees() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
    }
  }

  private int verify() {
    var config = root.config();
    var where = config.target(root.target(config, target.named()));
    try (var store = ObjectStore.open(config.objectStore());
        var progress = Foreground.start(root.console())) {
      var bundles = new BundleStore(store);
      Comparison found =
          Comparison.of(
              where,
              new SessionTag("verify", Phase.VERIFY),
              digest -> bundles.get(digest).runbook(),
              progress);
      root.answer(found, () -> text(found));
      return found.agrees() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
    }
  }

  private String text(Comparison found) {
    var paint = Paint.of(root.console());
    var text = new StringBuilder();
    text.append(paint.strong(found.rollout() + " on " + found.target()))
        .append(": ")
        .append(found.stage())
        .append("\n\n");
    if (!found.relations().isEmpty()) {
      inPlace(found, text, paint);
    }
    if (!found.shadows().isEmpty()) {
      shadows(found, text, paint);
    }
    found
        .rulesBroken()
        .forEach((rule, rows) -> text.append(rows + " rows break the rule " + rule + "\n"));
    found.invariants().entrySet().stream()
        .filter(invariant -> invariant.getValue() > 0)
        .forEach(i -> text.append("invariant " + i.getKey() + ": " + i.getValue() + " rows\n"));
    found.missing().forEach(id -> text.append(id).append('\n'));
    text.append(found.agrees() ? paint.good("both sides agree") : paint.bad("they differ"));
    return text.toString();
  }

  private static void shadows(Comparison found, StringBuilder text, Paint paint) {
    var table =
        new Table("relation", "canonical", "rows", "missing", "extra", "mismatched", "columns");
    for (TwoTables shadow : found.shadows()) {
      table.row(
          shadow.relation(),
          shadow.canonical(),
          Long.toString(shadow.rows()),
          Long.toString(shadow.missing()),
          Long.toString(shadow.extra()),
          Long.toString(shadow.mismatchedRows()),
          String.join(", ", shadow.mismatches().keySet()));
    }
    text.append(table.text(paint)).append('\n');
  }

  private static void inPlace(Comparison found, StringBuilder text, Paint paint) {
    var table = new Table("relation", "rows", "mismatched", "unfilled", "both set", "columns");
    for (Comparison.Relation relation : found.relations()) {
      table.row(
          relation.relation(),
          Long.toString(relation.rows()),
          Long.toString(relation.mismatchedRows()),
          Long.toString(relation.unfilled()),
          Long.toString(relation.bothSet()),
          String.join(", ", relation.mismatches().keySet()));
    }
    text.append(table.text(paint)).append('\n');
    found.relations().forEach(relation -> rows(relation, text));
  }

  private static void rows(Comparison.Relation relation, StringBuilder text) {
    for (Comparison.Row row : relation.disagreeing()) {
      text.append("  ")
          .append(relation.relation())
          .append(' ')
          .append(String.join(", ", relation.keyColumns()))
          .append(" = ")
          .append(String.join(", ", row.key()))
          .append(": ")
          .append(String.join(", ", row.columns()))
          .append('\n');
    }
    long more = relation.mismatchedRows() - relation.disagreeing().size();
    if (more > 0 && !relation.disagreeing().isEmpty()) {
      text.append("  … and ").append(more).append(" more\n");
    }
  }
}
