package dev.rubicon.cli.record;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.phase.Reports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon report}. */
@Command(
    name = "report",
    description = {
      "Fetches the report that a rollout wrote when it ended: one HTML file, or JSON with --output"
          + " json. Where it could not be written then, it is now."
    })
public final class ReportCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLLOUT",
      description = "Id of a rollout (default: the newest).")
  private String id;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Where to write it (default: <rollout>.html here; JSON goes to stdout).")
  private Path file;

  @Option(
      names = "--documents",
      paramLabel = "DIR",
      description =
          "Also fetch its dictionary, diagrams (Mermaid, SVG, PNG) and change-log entry into this"
              + " folder.")
  private Path documents;

  @Override
  public Integer call() {
    var config = root.config();
    try (var ledger = Ledger.open(config.ledger());
        var store = ObjectStore.open(config.objectStore())) {
      LedgerRollout rollout = Rollouts.named(ledger, id);
      String key = rollout.report();
      if (key.isEmpty() && !rollout.live()) {
        key =
            Reports.write(
                ledger,
                store,
                rollout.id(),
                new BundleStore(store).get(rollout.bundle()).runbook());
      }
      if (key.isEmpty()) {
        throw new RubiconException(
            ErrorCode.ROLLOUT_UNKNOWN,
            rollout.id() + " has no report yet: it is " + rollout.state(),
            "wait until it has ended: rubicon status --watch --target " + rollout.target());
      }
      if (documents != null) {
        documents(store, rollout);
      }
      if (root.json()) {
        byte[] json = store.read(key.replaceFirst("\\.html$", ".json"));
        if (file == null) {
          root.console().out().println(new String(json, StandardCharsets.UTF_8));
        } else {
          write(file, json);
        }
        return ErrorCode.Exit.DONE;
      }
      Path to = file == null ? Path.of(rollout.id() + ".html") : file;
      write(to, store.read(key));
      root.answer(Map.of(), () -> to.toAbsolutePath().toString());
      return ErrorCode.Exit.DONE;
    }
  }

  private void documents(ObjectStore store, LedgerRollout rollout) {
    String prefix = Reports.folder(rollout.id());
    var files = new TreeMap<String, byte[]>();
    store.keys(prefix).forEach(key -> files.put(key.substring(prefix.length()), store.read(key)));
    if (files.isEmpty()) {
      throw new RubiconException(
          ErrorCode.ROLLOUT_UNKNOWN,
          rollout.id() + " has no documents: no two snapshots of its target were taken",
          "of a database as it stands: rubicon document --out DIR --target " + rollout.target());
    }
    OutputFile.writeAll(documents, files);
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
