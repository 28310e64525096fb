package dev.rubicon.cli.plan;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.difference.DriftView;
import dev.rubicon.cli.rollout.DurationConverter;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.migrationfolder.CommandTrial;
import dev.rubicon.migrationfolder.MigrationInventory;
import dev.rubicon.migrationfolder.MigrationTrial;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.rollout.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
          "Folder of Flyway, sqitch, dbmate, goose, golang-migrate or Prisma, or of numbered SQL;"
              + " with --up, where that runs.")
  private Path folder;

  @Option(
      names = "--up",
      paramLabel = "PROGRAM",
      description =
          "Applies the next migration to the database of DATABASE_URL, and changes nothing where"
              + " there is none; no shell. Only where rubicon.yaml has commands: allow.")
  private String up;

  @Option(
      names = "--down",
      paramLabel = "PROGRAM",
      description = "Takes the newest migration back; with --up.")
  private String down;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationConverter.class,
      description = "Of all runs of --up and --down together (default: ${DEFAULT-VALUE}).")
  private Duration timeLimit;

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
    Path where = folder.toAbsolutePath().normalize();
    SessionTag tag = SessionTag.ofCommand("migrations", Phase.PREFLIGHT);
    if (up == null && down != null) {
      throw new RubiconException(
          ErrorCode.USAGE, "--down takes back what --up applies", "name the program of --up too");
    }
    if (up != null) {
      config.commands().require("--up (" + words(up).getFirst() + ")");
    }
    try (var progress = Foreground.start(root.console())) {
      found =
          up == null
              ? MigrationTrial.run(where, config.staging(), tag, statementTimeout, progress)
              : CommandTrial.run(
                  new CommandTrial.Steps(
                      where,
                      words(up),
                      Optional.ofNullable(down).map(MigrationsCommand::words),
                      timeLimit),
                  config.staging(),
                  tag,
                  progress);
    }
    MigrationInventory judged = judged(found);
    root.answer(judged, () -> text(judged, Paint.of(root.console())));
    return judged.open().isEmpty() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
  }

  /** A program and its arguments; what needs quotes belongs in a script. */
  private static List<String> words(String program) {
    return List.of(program.strip().split("\\s+"));
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
