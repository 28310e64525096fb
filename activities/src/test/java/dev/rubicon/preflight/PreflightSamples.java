package dev.rubicon.preflight;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runbooks and contexts for the tests of preflight. */
public final class PreflightSamples {
  private PreflightSamples() {}

  static Path checksCanonical() {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.isDirectory(here.resolve("runbooks")) ? here : here.getParent();
    return root.resolve("runbooks/checks-canonical");
  }

  /** The demo's legacy database with a few hundred rows. */
  static Target legacyChecks() {
    Target target = CatalogSamples.target(dev.rubicon.stack.SharedPostgres.freshDatabase("legacy"));
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("RESET search_path");
      session.execute("SELECT set_config('checks.rows', '300', false)");
      session.execute(read(checksCanonical().resolve("legacy/schema.sql")));
      session.execute(read(checksCanonical().resolve("legacy/data.sql")));
    }
    return target;
  }

  public static Target staging() {
    return CatalogSamples.target("postgres");
  }

  /**
   * A runbook with one migration.
   *
   * @param yaml added at the top level
   */
  public static Bundle bundle(Path folder, String canonical, String up, String undo, String yaml) {
    write(folder.resolve("canonical/schema.sql"), canonical);
    write(folder.resolve("expand/V1__change.sql"), up);
    write(folder.resolve("expand/U1__change.sql"), undo);
    write(
        folder.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        description: For a test
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        """
            + (yaml.contains("expand:") ? "" : "expand: {migrations: expand}\n")
            + yaml);
    return RunbookReader.read(folder);
  }

  public static PhaseContext context(Bundle bundle, Target target, KeptEvidence evidence) {
    return new PhaseContext(
        new PhaseInput("r-1", "test", bundle.digest(), "alice", Phase.PREFLIGHT, 1),
        bundle,
        target,
        evidence,
        Progress.NONE);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
