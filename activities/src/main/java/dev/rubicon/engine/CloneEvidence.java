package dev.rubicon.engine;

import java.util.Optional;

/**
 * Evidence that the rehearsal's phases record on the clone, stored as {@code
 * clone/<phase>/<round>/<name>}.
 *
 * @param name as the same phase records it on the target
 */
public record CloneEvidence(String phase, int round, String name) {
  private static final String PREFIX = "clone/";

  /** As the ledger keeps it. */
  public String stored() {
    return PREFIX + phase + "/" + round + "/" + name;
  }

  /** Empty where it was not recorded on a clone. */
  public static Optional<CloneEvidence> parse(String stored) {
    String[] parts = stored.split("/", 4);
    return stored.startsWith(PREFIX) && parts.length == 4
        ? Optional.of(new CloneEvidence(parts[1], Integer.parseInt(parts[2]), parts[3]))
        : Optional.empty();
  }
}
