package dev.rubicon.machine;

import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import java.time.Instant;
import java.util.Optional;

/** What an execution does next. */
public sealed interface Todo {

  /** Run the step's activity. */
  record Perform(State.Step step) implements Todo {}

  /**
   * Wait for an event.
   *
   * @param until when {@link Event.TimePassed} is due, if nothing happens before
   */
  record Await(Optional<Instant> until) implements Todo {}

  /** Nothing runs, and that itself is news. */
  record Conclude(Event event) implements Todo {}

  record Finish(End end, Optional<String> report) implements Todo {}
}
