package dev.rubicon.e2e;

import dev.rubicon.stack.Stack;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import java.nio.file.Path;

/** The stack of {@code rubicon up} for a test, with PostgreSQL where the run wants to have it. */
final class SiteStack {
  private SiteStack() {}

  static EmbeddedStack start(Path state, TemporalChoice temporal) {
    return switch (Stack.Kind.chosen()) {
      case EMBEDDED -> EmbeddedStack.start(state, temporal, false, line -> {});
      case CONTAINERS ->
          EmbeddedStack.start(
              state, temporal, () -> Stack.postgres(Stack.Kind.CONTAINERS, state), line -> {});
    };
  }
}
