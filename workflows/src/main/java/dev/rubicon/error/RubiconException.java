package dev.rubicon.error;

import java.util.Objects;

/**
 * The one exception of the product: a code, what caused it, and the command that the user runs
 * next. It never holds row values or secrets: it may travel into Temporal's history, logs and
 * reports.
 */
public final class RubiconException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String next;

  /**
   * @param code stable, searchable
   * @param cause what is wrong, in one sentence, without row values
   * @param next the next command or step, in the imperative
   */
  public RubiconException(ErrorCode code, String cause, String next) {
    this(code, cause, next, null);
  }

  public RubiconException(ErrorCode code, String cause, String next, Throwable origin) {
    super(Objects.requireNonNull(cause), origin);
    this.code = Objects.requireNonNull(code);
    this.next = Objects.requireNonNull(next);
  }

  public ErrorCode code() {
    return code;
  }

  /** What the user does next. */
  public String next() {
    return next;
  }
}
