package dev.rubicon.scaffold;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the first draft of a runbook: canonical as SQL, what is missing as expand migrations with
 * their undo, renames only where they are plain, and questions where a human has to decide.
 */
public final class Scaffold {
  private static final String CANONICAL = "canonical/schema.sql";

  private final Target staging;
  private final SessionTag tag;
  private final SchemaCopy copy;
  private final Progress progress;

  /**
   * @param staging server on which canonical and a copy of the live structure are built
   * @param pgBin folder of pg_dump, from {@code rubicon.yaml}
   * @param progress may cancel it
   */
  public Scaffold(Target staging, SessionTag tag, Optional<Path> pgBin, Progress progress) {
    this.staging = staging;
    this.tag = tag;
    this.copy = new SchemaCopy(pgBin);
    this.progress = progress;
  }

  /** Where canonical comes from. */
  public sealed interface Canonical {
    /** A SQL file that builds it in an empty database. */
    record SqlFile(Path file) implements Canonical {}

    /** A database that has it. */
    record Database(Target target) implements Canonical {}
  }

  /**
   * @param files written, relative to the folder
   * @param differences between live and canonical
   * @param questions left in the files, for a human to answer
   */
  public record Draft(List<String> files, List<Finding> differences, int questions) {}

  /**
   * @param folder created; refused when it already holds a runbook
   * @param name the runbook's name
   */
  public Draft write(
      Path folder, String name, Target live, Canonical canonical, List<String> schemas) {
    var there = new DraftFiles(folder);
    there.requireNone();
    String schemaSql = sql(canonical);
    Side liveSide = side(live, schemas);
    Side canonicalSide = built(schemaSql, schemas);
    Repair repair = Repair.between(liveSide, canonicalSide, id -> false);
    List<Finding> differences = repair.findings();
    List<ColumnPair> pairs = ColumnPair.guess(liveSide.snapshot(), canonicalSide.snapshot());
    ExpandDraft expand;
    try (var scratch = ScratchDatabase.create(staging, tag, progress)) {
      List<SchemaCopy.Left> left = copy.restore(copy.dump(live, tag, progress), scratch);
      try (PgSession session = scratch.open()) {
        expand = ExpandDraft.of(repair, pairs, left, canonicalSide, schemas, session);
      }
    }
    var runbook =
        new RunbookDraft(
            name, live.name(), schemas, liveSide.snapshot(), differences, pairs, expand);
    var files = new TreeMap<String, String>();
    files.put(CANONICAL, schemaSql);
    files.putAll(expand.files());
    files.put("runbook.yaml", runbook.yaml(CANONICAL));
    there.write(files);
    return new Draft(List.copyOf(files.keySet()), differences, DraftFiles.questions(files));
  }

  private String sql(Canonical canonical) {
    return switch (canonical) {
      case Canonical.SqlFile(Path file) -> {
        try {
          yield Files.readString(file);
        } catch (IOException e) {
          throw new RubiconException(
              ErrorCode.USAGE, "cannot read " + file, "name a file that can be read", e);
        }
      }
      case Canonical.Database(Target target) -> withoutPsql(copy.dump(target, tag, progress));
    };
  }

  /** What only psql reads, and the owner's privileges, which a scratch database does not know. */
  private static String withoutPsql(String dump) {
    Stream<String> lines =
        dump.lines().filter(line -> !line.startsWith("\\") && !line.startsWith("GRANT "));
    return String.join("\n", lines.filter(line -> !line.startsWith("REVOKE ")).toList()) + "\n";
  }

  private Side side(Target target, List<String> schemas) {
    try (PgSession session = PgSession.open(target, tag, SessionLimits.SHORT)) {
      return Side.read(session, schemas);
    }
  }

  private Side built(String sql, List<String> schemas) {
    try (var scratch = ScratchDatabase.create(staging, tag, progress)) {
      scratch.apply(Map.of(CANONICAL, sql));
      return side(scratch.target(), schemas);
    }
  }
}
