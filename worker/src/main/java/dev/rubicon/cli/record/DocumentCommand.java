package dev.rubicon.cli.record;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.document.Change;
import dev.rubicon.document.Documents;
import dev.rubicon.document.schema.DescribedSchema;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon document}. */
@Command(
    name = "document",
    description = {
      "Writes a data dictionary and diagrams (Mermaid, SVG, PNG) of a database as it stands. Reads"
          + " the target and touches nothing there; needs neither runbook, ledger nor worker.",
      "Equal databases have equal files. What a rollout changed: rubicon report --documents DIR"
    })
public final class DocumentCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA",
      defaultValue = "public",
      description = "Schemas that are documented; may be repeated (default: ${DEFAULT-VALUE}).")
  private List<String> schemas;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write into; it is made if it is not there.")
  private Path folder;

  @Override
  public Integer call() {
    var config = root.config();
    var where = config.target(root.target(config, target.named()));
    DescribedSchema schema;
    try (var progress = Foreground.start(root.console());
        PgSession session =
            PgSession.open(
                where, SessionTag.ofCommand("document", Phase.PREFLIGHT), SessionLimits.SHORT);
        var _ = progress.cancelsWith(session)) {
      session.execute("SET default_transaction_read_only = on");
      schema =
          session.inTransaction(
              "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
              () -> {
                CatalogSnapshot snapshot = CatalogReader.read(session, schemas);
                require(snapshot);
                return DescribedSchema.of(snapshot, Relations.read(session, schemas));
              });
    }
    Map<String, byte[]> files = Documents.of(Change.none(schema), where.name(), Optional.empty());
    OutputFile.writeAll(folder, files);
    root.answer(
        Map.of("folder", folder.toAbsolutePath().toString(), "files", files.keySet()),
        () -> folder.toAbsolutePath() + ": " + files.size() + " files, begin with README.md");
    return ErrorCode.Exit.DONE;
  }

  private void require(CatalogSnapshot snapshot) {
    for (String schema : schemas) {
      if (snapshot.of(ObjectKind.SCHEMA).stream().noneMatch(e -> e.schema().equals(schema))) {
        throw new RubiconException(
            ErrorCode.USAGE,
            "there is no schema '" + schema + "' in this database",
            "name one that is there: psql -c '\\dn'");
      }
    }
  }
}
