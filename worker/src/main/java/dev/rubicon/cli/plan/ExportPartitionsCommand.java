package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.partition.PartitionScript;
import dev.rubicon.runbook.Partitions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon export-partitions}. */
@Command(
    name = "export-partitions",
    description = {
      "Writes the functions of the runbook's section partitions, which make partitions beforehand"
          + " and detach old ones, as one script for psql alone.",
      "Asks no database. The rollout creates the same functions in expand."
    })
public final class ExportPartitionsCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--runbook",
      required = true,
      paramLabel = "DIR",
      description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it (default: stdout).")
  private Path file;

  @Override
  public Integer call() {
    Bundle bundle = RunbookReader.read(folder.toAbsolutePath().normalize());
    List<Partitions> partitions = bundle.runbook().partitions();
    if (partitions.isEmpty()) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID,
          "the runbook has no section partitions",
          "name the partitioned relations there (docs/runbook.md), then: rubicon"
              + " export-partitions --runbook "
              + folder);
    }
    String script = PartitionScript.of(bundle.runbook(), bundle.digest());
    if (file != null) {
      OutputFile.write(file, script);
    }
    List<String> relations = partitions.stream().map(Partitions::relation).toList();
    root.answer(
        Map.of("relations", relations, "script", script),
        () -> file == null ? script : file.toAbsolutePath() + ": " + String.join(", ", relations));
    return ErrorCode.Exit.DONE;
  }
}
