package dev.rubicon.cli.difference;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.Json;
import dev.rubicon.client.KeptSnapshots;
import dev.rubicon.client.LongForms;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.drift.Baseline;
import dev.rubicon.drift.Drift;
import dev.rubicon.drift.DriftCheck;
import dev.rubicon.drift.Reference;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Partitions.TimeSeries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon drift}. */
@Command(
    name = "drift",
    description = {
      "How the target differs from what it should be, for CI and schedules. Reads the target and"
          + " touches nothing there; needs neither Temporal nor a worker.",
      "Exits 0 where there is no drift, 2 where there is some that the runbook does not accept."
    })
public final class DriftCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml: canonical, schemas, and what is accepted.")
  private Path folder;

  @Option(
      names = "--against",
      paramLabel = "WHAT",
      defaultValue = "canonical",
      description =
          "canonical, a file that --save wrote, or the fingerprint of a snapshot (default:"
              + " ${DEFAULT-VALUE}).")
  private String against;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Also write what the target has now, to compare with later.")
  private Path save;

  @Option(
      names = "--values",
      description =
          "Also find sequences that will hand out numbers in use: reads the ends of the columns"
              + " that they feed.")
  private boolean values;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES}: SARIF 2.1.0, annotations of GitHub Actions, JUnit's XML"
              + " (default: as --output says).")
  private Form format;

  /** What reads the answer. */
  enum Form {
    TEXT,
    JSON,
    SARIF,
    GITHUB,
    JUNIT
  }

  @Override
  public Integer call() {
    var config = root.config();
    var where = config.target(root.target(config, target.named()));
    Path runbook = folder.toAbsolutePath().normalize();
    Bundle given = RunbookReader.read(runbook);
    Bundle bundle =
        given.runbook().timeseries().filter(TimeSeries.AUTO::equals).isPresent()
            ? LongForms.of(config, given, where, "drift")
            : given;
    Reference reference = reference(config, where.name(), bundle.runbook().name());
    Drift drift;
    try (var progress = Foreground.start(root.console())) {
      drift =
          new DriftCheck(
                  config.staging(),
                  config.pgBin(),
                  config.commands(),
                  SessionTag.ofCommand("drift", Phase.PREFLIGHT),
                  progress)
              .run(
                  where,
                  bundle,
                  reference,
                  values ? DriftCheck.Extent.WITH_VALUES : DriftCheck.Extent.DEFINITIONS);
    }
    if (save != null) {
      OutputFile.write(save, Baseline.of(drift.snapshot(), bundle.runbook().schemas()).json());
    }
    root.console().out().println(text(drift, here(runbook.resolve("runbook.yaml"))));
    return drift.open().isEmpty() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
  }

  /** As code review names files: from where CI runs, which is the repository's folder. */
  private static Path here(Path file) {
    Path from = Path.of("").toAbsolutePath();
    return file.startsWith(from) ? from.relativize(file) : file;
  }

  private Reference reference(RubiconConfig config, String name, String runbook) {
    if (against.equals("canonical")) {
      return new Reference.Canonical(() -> KeptSnapshots.canonical(config.ledger(), name, runbook));
    }
    if (against.matches("[0-9a-f]{64}")) {
      return new Reference.Fingerprint(against, () -> kept(config, name));
    }
    Path file = Path.of(against);
    if (!Files.isRegularFile(file)) {
      throw new RubiconException(
          ErrorCode.USAGE,
          against + " is neither 'canonical', nor a fingerprint of 64 digits, nor a file",
          "write a file with: rubicon drift --save FILE");
    }
    return new Reference.Kept(against, Baseline.read(file).snapshot());
  }

  /** That something differs is known without the ledger; only what it is called is not. */
  private Optional<CatalogSnapshot> kept(RubiconConfig config, String name) {
    try {
      return KeptSnapshots.find(config.ledger(), name, against);
    } catch (RubiconException e) {
      root.console()
          .progress("the ledger could not be asked (" + e.code() + "): " + e.getMessage());
      return Optional.empty();
    }
  }

  private String text(Drift drift, Path runbook) {
    Form form = format != null ? format : root.json() ? Form.JSON : Form.TEXT;
    return switch (form) {
      case TEXT -> DriftView.text(drift, Paint.of(root.console()));
      case JSON -> Json.pretty(DriftView.of(drift));
      case SARIF -> Json.pretty(DriftSarif.of(drift, runbook));
      case GITHUB -> DriftAnnotations.of(drift, runbook);
      case JUNIT -> DriftJunit.of(drift);
    };
  }
}
