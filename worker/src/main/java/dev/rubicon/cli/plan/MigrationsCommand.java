package dev.rubicon.cli.plan;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.difference.DriftView;
import dev.rubicon.cli.rollout.DurationConverter;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.finding.Finding;
import dev.rubicon.migrationfolder.MigrationInventory;
import dev.rubicon.migrationfolder.MigrationTrial;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.rollout.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon migrations}. */
@Command(
    name = "migrations",
    description = {
      "What the migrations in a folder come to: applied one after another to an empty scratch"
          + " database, which is dropped at the end. Looks at no target.",
      "Exits 0 where nothing needs a decision, 2 where something does that no runbook allows."
    })
public final class MigrationsCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder of Flyway, sqitch, dbmate, goose, golang-migrate or Prisma, or of numbered SQL.")
  private Path folder;

  @Option(
      names = "--runbook",
      paramLabel = "DIR",
      description = "Folder with runbook.yaml, whose hazards: are the decisions on record.")
  private Path runbook;

  @Option(
      names = "--statement-timeout",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "No statement takes longer (default: ${DEFAULT-VALUE}).")
  private Duration statementTimeout;

  @Override
  public Integer call() {
    var config = root.config();
    MigrationInventory found;
    try (var progress = Foreground.start(root.console())) {
      found =
          MigrationTrial.run(
              folder.toAbsolutePath().normalize(),
              config.staging(),
              SessionTag.ofCommand("migrations", Phase.PREFLIGHT),
              statementTimeout,
              progress);
    }
    MigrationInventory judged = judged(found);
    root.answer(judged, () -> text(judged, Paint.of(root.console())));
    return judged.open().isEmpty() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
  }

  private MigrationInventory judged(MigrationInventory found) {
    if (runbook == null) {
      return found;
    }
    var decided =
        new Dispositions(RunbookReader.read(runbook.toAbsolutePath().normalize()).runbook());
    return new MigrationInventory(
        found.layout(),
        found.migrations(),
        found.tables(),
        decided.apply(found.findings().stream()));
  }

  private static String text(MigrationInventory inventory, Paint paint) {
    var parts = new ArrayList<String>();
    parts.add(
        paint.strong(
            inventory.migrations().size()
                + " migrations ("
                + inventory.layout().word()
                + "), "
                + inventory.tables().size()
                + " tables"));
    var migrations = new Table("migration", "applies", "undo", "twice");
    for (MigrationInventory.Applied one : inventory.migrations()) {
      migrations.row(one.name(), one.applied() ? "yes" : "NO", one.undo(), one.twice());
    }
    parts.add(migrations.text(paint));
    for (MigrationInventory.Table table : inventory.tables()) {
      var columns = new Table(table.name(), "", by(table.touchedBy()));
      for (MigrationInventory.Column column : table.columns()) {
        columns.row("  " + column.name(), column.definition(), by(column.touchedBy()));
      }
      parts.add(columns.text(paint));
    }
    if (!inventory.findings().isEmpty()) {
      var findings = new Table("", "finding", "why");
      for (Finding finding : inventory.findings()) {
        findings.row(
            finding.blocks() ? "DECIDE" : DriftView.state(finding),
            finding.id(),
            DriftView.why(finding));
      }
      parts.add(findings.text(paint));
    }
    int open = inventory.open().size();
    parts.add(
        open == 0
            ? paint.good("nothing to decide")
            : paint.bad(open + " to decide")
                + ": mend the migrations, or record each under hazards: in a runbook");
    return String.join("\n\n", parts);
  }

  private static String by(List<String> migrations) {
    return String.join(", ", migrations);
  }
}
