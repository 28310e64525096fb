package dev.rubicon.backup;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.objectstore.TransferNote;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.runbook.Backup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies beside the dump for people to read and keep: the schema, and the rows of the relations
 * that the runbook names, as plain SQL and of the dump's own snapshot. It is no part of the way
 * back, which is the dump.
 */
final class BackupExports {
  private static final String SCHEMA = "schema";

  private final ObjectStore store;
  private final PhaseContext context;
  private final BackupKeys keys;
  private final PgTools tools;

  BackupExports(ObjectStore store, PhaseContext context, BackupKeys keys, PgTools tools) {
    this.store = store;
    this.context = context;
    this.keys = keys;
    this.tools = tools;
  }

  /** One after another, while the snapshot is open. A relation that is not there has no file. */
  List<Manifest.Export> write(SnapshotHolder holder, String attempt, BackupWatch watch)
      throws IOException {
    if (!(context.runbook().backup() instanceof Backup.PgDump(var wanted)) || wanted.isEmpty()) {
      return List.of();
    }
    var written = new ArrayList<Manifest.Export>();
    written.add(
        write(
            SCHEMA, attempt, List.of("--schema-only", "--exclude-schema=rubicon"), holder, watch));
    for (String name : wanted.get()) {
      RelationName relation = RelationName.parse(name);
      List<String> tables = tables(relation);
      if (tables.isEmpty()) {
        continue;
      }
      var options = new ArrayList<>(List.of("--data-only"));
      tables.forEach(table -> options.add("--table=" + table));
      written.add(write(relation.toString(), attempt, options, holder, watch));
    }
    return List.copyOf(written);
  }

  /** As pg_dump takes them: the relation and, where it is partitioned, what holds its rows. */
  private List<String> tables(RelationName relation) {
    try (PgSession session = context.open(SessionLimits.SHORT);
        Progress.Handle _ = context.progress().cancelsWith(session)) {
      return session.query(
          """
          SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.oid = to_regclass(?) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass(?)))
          ORDER BY 1, 2
          """,
          row -> Identifiers.quote(row.getString(1)) + "." + Identifiers.quote(row.getString(2)),
          relation.sql(),
          relation.sql());
    }
  }

  private Manifest.Export write(
      String of, String attempt, List<String> options, SnapshotHolder holder, BackupWatch watch)
      throws IOException {
    context.progress().checkCancelled();
    var command =
        new ArrayList<>(
            List.of(
                tools.pgDump().toString(),
                "--format=plain",
                "--no-password",
                "--snapshot=" + holder.snapshot(),
                "--lock-wait-timeout=60s"));
    command.addAll(options);
    String what = of.equals(SCHEMA) ? "export of the schema" : "export of " + of;
    watch.show(what, 0, 0);
    try (var upload = store.upload(keys.export(of, attempt));
        var child = ChildTool.start(command, context.target(), context.tag());
        Progress.Handle _ = context.progress().cancelsWith(child::stop);
        Progress.Handle _ = context.progress().cancelsWith(upload.traffic()::stop)) {
      var note = TransferNote.ofUpload(upload.traffic(), "pg_dump gives");
      var uploaded = DumpStream.into(upload, child, note, watch, what);
      return new Manifest.Export(of, uploaded.key(), uploaded.bytes(), uploaded.sha256());
    }
  }
}
