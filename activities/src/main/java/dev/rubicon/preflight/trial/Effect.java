package dev.rubicon.preflight.trial;

import java.util.List;

/**
 * What one statement did on the schema-only copy.
 *
 * @param position file and line
 * @param locks strongest first, on relations that the target already has
 * @param rewritten relations of the target that got a new file
 * @param scanned relations of the target that were read from end to end; they are empty here and
 *     full there
 * @param error the server's message when it failed; empty otherwise
 * @param state SQLSTATE when it failed; empty otherwise
 */
public record Effect(
    String position,
    String statement,
    List<Lock> locks,
    List<String> rewritten,
    List<String> scanned,
    double milliseconds,
    String error,
    String state) {

  public record Lock(String relation, String mode) {}

  boolean failed() {
    return !state.isEmpty();
  }

  boolean locks(String relation, String mode) {
    return locks.contains(new Lock(relation, mode));
  }
}
