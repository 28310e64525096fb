package dev.rubicon.cli.plan;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.change.LongForm;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.client.LongForms;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon expand-runbook}. */
@Command(
    name = "expand-runbook",
    description = {
      "Writes the long form of a runbook that says only what changes, as a plan of it has it: the"
          + " same digest. It is yours then, to be changed by hand.",
      "Reads the target's catalog and touches nothing there."
    })
public final class ExpandRunbookCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Parameters(paramLabel = "DIR", description = "Folder with runbook.yaml.")
  private Path folder;

  @Option(
      names = "--into",
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write it: a folder that is not there yet, or empty.")
  private Path into;

  @Override
  public Integer call() {
    var config = root.config();
    String name = root.target(config, target.named());
    Bundle given = RunbookReader.read(folder.toAbsolutePath().normalize());
    if (!LongForm.isShort(given)) {
      throw new RubiconException(
          ErrorCode.USAGE,
          folder + " says neither change: in a transition nor timeseries: auto",
          "there is nothing to write out: rubicon plan --runbook " + folder);
    }
    Path out = into.toAbsolutePath().normalize();
    requireEmpty(out);
    Bundle written = LongForms.of(config, given, config.target(name), "expand-runbook");
    OutputFile.writeAll(out, written.files());
    var answer = new LinkedHashMap<String, Object>();
    answer.put("folder", out.toString());
    answer.put("digest", written.digest());
    answer.put("files", List.copyOf(written.files().keySet()));
    root.answer(
        answer,
        () ->
            String.join("\n", written.files().keySet())
                + "\ndigest: "
                + written.digest()
                + "\nnext: rubicon plan --target "
                + name
                + " --runbook "
                + into);
    return ErrorCode.Exit.DONE;
  }

  private void requireEmpty(Path out) {
    if (!Files.exists(out)) {
      return;
    }
    try (Stream<Path> there = Files.isDirectory(out) ? Files.list(out) : Stream.of(out)) {
      if (there.findAny().isPresent()) {
        throw new RubiconException(
            ErrorCode.USAGE, into + " is not empty", "name another folder: --into FOLDER");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
