package dev.rubicon.repair.sql;

import java.util.List;

/** How an object that both sides have comes to be as in canonical. */
public sealed interface Change {

  /**
   * It stays the same object.
   *
   * @param retyped whether views and the like, which hold its type, must go meanwhile
   * @param remade whether another one took its place, on which nothing hangs any more
   */
  record Alter(List<Statement> statements, boolean retyped, boolean remade) implements Change {
    public Alter {
      statements = List.copyOf(statements);
    }
  }

  /** It goes and comes back, and with it what depends on it. */
  record Replace() implements Change {}

  /** No statement does it: why, for the one who reads the plan. */
  record Refused(String reason) implements Change {}

  /** Another difference's statements bring it. */
  record Implied() implements Change {}

  static Change alter(String... sql) {
    return new Alter(Statement.of(sql), false, false);
  }

  static Change alter(List<Statement> statements) {
    return new Alter(statements, false, false);
  }

  /** Statements that put another object in its place. */
  static Change exchange(List<Statement> statements) {
    return new Alter(statements, false, true);
  }

  static Change replace() {
    return new Replace();
  }

  static Change refused(String reason) {
    return new Refused(reason);
  }
}
