package dev.rubicon.bench;

import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.expand.Expand;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.verify.Verify;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The phases of a rollout of one runbook on one target, without workflow and ledger. */
public final class Rollout {
  private static final String HEAD =
      """
      rubicon: 1
      name: bench
      title: A benchmark
      description: For figures
      canonical: {sql: [canonical.sql]}
      backup: %s
      clone: %s
      approvals: {gates: [], self-approval: true}
      watch: {duration: 1s, every: 1s}
      """;

  /** A backup of the same rollout would be found, not made. */
  private static final AtomicInteger ROLLOUTS = new AtomicInteger();

  private final String id = "bench-" + ROLLOUTS.incrementAndGet();
  private final Target target;
  private final Bundle bundle;

  /** Without backup and clone of its own. */
  public Rollout(Target target, String runbook, Map<String, String> files) {
    this(target, "{external: elsewhere}", "{none: a benchmark}", runbook, files);
  }

  /**
   * @param runbook the keys after {@code approvals}
   * @param files of its folder, by their path
   */
  public Rollout(
      Target target, String backup, String clone, String runbook, Map<String, String> files) {
    this.target = target;
    var folder = new TreeMap<String, byte[]>();
    folder.put("canonical.sql", "SELECT 1;".getBytes(StandardCharsets.UTF_8));
    folder.put(
        RunbookReader.FILE,
        (HEAD.formatted(backup, clone) + runbook).getBytes(StandardCharsets.UTF_8));
    files.forEach((path, text) -> folder.put(path, text.getBytes(StandardCharsets.UTF_8)));
    this.bundle = RunbookReader.read(folder, "");
  }

  public PhaseContext context(Phase phase) {
    return new PhaseContext(
        new PhaseInput(id, target.name(), bundle.digest(), "bench", phase, 1),
        bundle,
        target,
        _ -> {}, // nobody asks for what phases found
        Progress.NONE);
  }

  /** Until dual writes are on. */
  public Rollout install() {
    new Expand().run(context(Phase.EXPAND));
    new DualWrite().run(context(Phase.DUAL_WRITE));
    return this;
  }

  public void backfill() {
    new Backfill().run(context(Phase.BACKFILL));
  }

  public void verify() {
    new Verify().run(context(Phase.VERIFY));
  }

  public void cutover() {
    new Cutover().run(context(Phase.CUTOVER), CrossingTerms.NONE);
  }

  public void rollback() {
    new Rollback().run(context(Phase.ROLLBACK), ReturnTerms.NOTHING_LOST);
  }
}
