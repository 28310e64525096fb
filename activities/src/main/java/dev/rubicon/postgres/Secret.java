package dev.rubicon.postgres;

import java.util.Objects;

/**
 * A value that must never be printed: {@code toString} hides it, and only {@link #reveal} returns
 * it.
 */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = Objects.requireNonNull(value);
  }

  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
