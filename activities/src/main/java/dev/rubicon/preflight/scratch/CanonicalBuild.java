package dev.rubicon.preflight.scratch;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.command.ClientEnvironment;
import dev.rubicon.command.OwnersProgram;
import dev.rubicon.command.OwnersProgram.Ended;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Canonical;
import dev.rubicon.table.Naming;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Canonical in a scratch database: of the runbook's files, or of what the owner's own tool makes
 * there, and of what the rollout itself leaves for the owner.
 */
public final class CanonicalBuild {
  /** Of what a program says when it fails: its last lines, not its log. */
  private static final int KEPT = 4000;

  private final Commands commands;
  private final Progress progress;

  public CanonicalBuild(Commands commands, Progress progress) {
    this.commands = commands;
    this.progress = progress;
  }

  /**
   * @throws RubiconException COMMAND_NOT_ALLOWED, COMMAND_FAILED, or RUNBOOK_INVALID with the
   *     statement that fails
   */
  public void into(ScratchDatabase scratch, Bundle bundle) {
    bundle.runbook().canonical().command().ifPresent(command -> run(command, scratch, bundle));
    scratch.apply(bundle.canonical(), Naming.timeseries(bundle.runbook()));
  }

  /** In a copy of the bundle: what is run is what was approved, on every machine. */
  private void run(Canonical.Command program, ScratchDatabase scratch, Bundle bundle) {
    commands.require("canonical: command (" + program.argv().getFirst() + ")");
    Path folder = null;
    try {
      folder = Files.createTempDirectory("rubicon-canonical");
      for (Map.Entry<String, byte[]> file : bundle.files().entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
      run(program, scratch, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(folder);
    }
  }

  private void run(Canonical.Command program, ScratchDatabase scratch, Path folder) {
    var ended =
        OwnersProgram.run(
            program.argv(),
            Optional.of(folder),
            ClientEnvironment.tool(scratch.target()),
            program.timeout(),
            KEPT,
            progress);
    switch (ended) {
      case Ended.NotStarted _ -> throw failed(program.argv(), "it cannot be started", "", scratch);
      case Ended.TimedOut(String output) ->
          throw failed(
              program.argv(),
              "it was still running after " + program.timeout().toSeconds() + " s, and was ended",
              output,
              scratch);
      case Ended.Exited(int status, String output) -> {
        if (status != 0) {
          throw failed(program.argv(), "exit status " + status, output, scratch);
        }
      }
    }
  }

  private static RubiconException failed(
      List<String> argv, String why, String output, ScratchDatabase scratch) {
    return new RubiconException(
        ErrorCode.COMMAND_FAILED,
        ClientEnvironment.withoutSecrets(
            "canonical could not be built by '"
                + String.join(" ", argv)
                + "': "
                + why
                + (output.isEmpty() ? "" : "; the last that it said:\n" + output),
            scratch.target()),
        "run it by hand in the runbook's folder, with DATABASE_URL of an empty database; then:"
            + " rubicon plan");
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
