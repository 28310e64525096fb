package dev.rubicon.preflight.scratch;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.Target;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The copy of the target's schema, made while canonical is built beside it: either keeps one core
 * of the staging server busy, and together they are most of a plan. Dropped on close.
 */
public final class CopiedSchema implements AutoCloseable {
  private final PhaseContext context;
  private final Target staging;
  private final SchemaCopy copy;
  private Optional<CompletableFuture<Made>> making = Optional.empty();
  private volatile boolean unwanted;

  public CopiedSchema(PhaseContext context, Target staging, SchemaCopy copy) {
    this.context = context;
    this.staging = staging;
    this.copy = copy;
  }

  /**
   * @param left what could not be rebuilt
   */
  public record Made(ScratchDatabase scratch, List<SchemaCopy.Left> left) {}

  /** From now on it is made; what fails is thrown by {@link #made}. */
  public void begin() {
    making =
        Optional.of(
            CompletableFuture.supplyAsync(
                this::make, task -> Thread.ofPlatform().daemon().name("rubicon-copy").start(task)));
  }

  /** Waits until it is there. */
  public Made made() {
    if (making.isEmpty()) {
      begin();
    }
    try {
      return making.orElseThrow().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private Made make() {
    String dump = copy.dump(context.target(), context.tag(), context.progress());
    context.progress().checkCancelled();
    ScratchDatabase scratch =
        ScratchDatabase.createBeside(staging, context.tag(), context.progress());
    try {
      return new Made(scratch, unwanted ? List.of() : copy.restore(dump, scratch));
    } catch (RuntimeException e) {
      scratch.closeAfter(e);
      throw e;
    }
  }

  @Override
  public void close() {
    unwanted = true;
    if (making.isPresent()) {
      Optional<Made> made;
      try {
        made = Optional.of(making.get().join());
      } catch (CompletionException e) {
        // It dropped itself; who asked for it was told why.
        made = Optional.empty();
      }
      made.ifPresent(there -> there.scratch().close());
    }
  }
}
