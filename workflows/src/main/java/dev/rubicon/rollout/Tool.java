package dev.rubicon.rollout;

/** Rubicon itself. */
public final class Tool {
  /**
   * The version that every output names, that workers report as their build id, and that an
   * approval binds: another version may do other things with the same bundle. Equal to the pom's,
   * which a test asserts.
   */
  public static final String VERSION = "0.1.0-SNAPSHOT";

  private Tool() {}
}
