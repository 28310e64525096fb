package dev.rubicon.engine;

import dev.rubicon.postgres.PgSession;

/**
 * Between a phase and its runner: heartbeats, cancellation, and the operator's limit and pause.
 * Implementations are thread-safe; the Temporal one heartbeats from a background thread.
 */
public interface Progress {

  /** Of what is over in seconds: nothing to show, nothing to cancel. */
  Progress NONE =
      new Progress() {
        @Override
        public void update(String what, long done, long total, String note) {}

        @Override
        public void checkCancelled() {}

        @Override
        public Handle cancelsWith(PgSession session) {
          return () -> {};
        }

        @Override
        public Handle cancelsWith(Runnable stop) {
          return () -> {};
        }

        @Override
        public Control control() {
          return Control.NONE;
        }
      };

  /**
   * @param what e.g. the relation; shown by {@code status --watch}
   * @param done and total in the same unit; total 0 when unknown
   * @param note e.g. the throttle's reason; empty when there is none
   */
  void update(String what, long done, long total, String note);

  /** Throws {@link PhaseCancelled} once the phase is to stop; called between units of work. */
  void checkCancelled();

  /** While the handle is open, a cancellation also cancels the session's running statement. */
  Handle cancelsWith(PgSession session);

  /** The same for anything else that can be stopped, e.g. a child process. */
  Handle cancelsWith(Runnable stop);

  /** What the operator last said; cheap, may be a second old. */
  Control control();

  /** Ends the registration. */
  interface Handle extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param rowsPerSecond 0: no limit
   */
  record Control(boolean paused, long rowsPerSecond) {
    public static final Control NONE = new Control(false, 0);
  }

  /** Thrown when the phase is to stop; not an error. */
  final class PhaseCancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PhaseCancelled(String reason) {
      super(reason);
    }
  }
}
