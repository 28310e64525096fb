package dev.rubicon.demo.owner;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** What differs between the two builds: the names under which they keep things. */
sealed interface OwnerBuild permits OldOwnerBuild, NewOwnerBuild {

  /** {@code old} or {@code new}. */
  String name();

  /** What the build says of its own API. */
  OpenApi api();

  /**
   * A finished run with one job, one candidate, its asset, and what it was worth and cost.
   *
   * @param id of the run
   */
  record Ingest(UUID id, UUID project, String mode, String model, double score, double cost) {}

  void ingest(Connection connection, Ingest run) throws SQLException;

  Map<String, Object> run(Connection connection, UUID id) throws SQLException;

  Map<String, Object> storage(Connection connection, UUID project) throws SQLException;

  void store(Connection connection, UUID project, Map<?, ?> policy) throws SQLException;

  /** A reference to a secret; the secret itself is in the vault. */
  UUID secret(Connection connection, UUID project, String provider, String reference)
      throws SQLException;

  UUID export(Connection connection, UUID project, String format) throws SQLException;

  static OwnerBuild named(String name) {
    return switch (name) {
      case "old" -> new OldOwnerBuild();
      case "new" -> new NewOwnerBuild();
      default -> throw new IllegalArgumentException("builds are old and new, not " + name);
    };
  }
}
