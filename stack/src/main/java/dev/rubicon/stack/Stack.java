package dev.rubicon.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * PostgreSQL, S3 and Temporal together. PostgreSQL is a local cluster, or a container where {@code
 * RUBICON_TEST_STACK=containers}; the other two are always embedded.
 */
public record Stack(PostgresServer postgres, EmbeddedS3 s3, TemporalServer temporal)
    implements AutoCloseable {

  /** Where PostgreSQL comes from. */
  public enum Kind {
    EMBEDDED,
    CONTAINERS;

    /** From {@code RUBICON_TEST_STACK}; embedded unless it says otherwise. */
    public static Kind chosen() {
      String word = System.getenv().getOrDefault("RUBICON_TEST_STACK", "embedded");
      return switch (word) {
        case "embedded", "" -> EMBEDDED;
        case "containers" -> CONTAINERS;
        default ->
            throw new IllegalArgumentException(
                "RUBICON_TEST_STACK is 'embedded' or 'containers', not '" + word + "'");
      };
    }
  }

  /**
   * Starts everything on free ports.
   *
   * @param folder data of all three, reused when it is there
   * @param keywords search attributes to register with Temporal
   */
  public static Stack start(Path folder, Kind kind, List<String> keywords) {
    PostgresServer postgres = postgres(kind, folder);
    EmbeddedS3 s3 = null;
    try {
      s3 =
          EmbeddedS3.start(
              folder.resolve("s3"), 0, "rubicon", "rubicon", "s3-" + UUID.randomUUID());
      return new Stack(postgres, s3, EmbeddedTemporal.start(0, keywords));
    } catch (RuntimeException e) {
      if (s3 != null) {
        s3.close();
      }
      postgres.close();
      throw e;
    }
  }

  /**
   * PostgreSQL alone.
   *
   * @param folder of a local cluster; a container keeps nothing
   */
  public static PostgresServer postgres(Kind kind, Path folder) {
    return switch (kind) {
      case EMBEDDED -> LocalPostgres.start(LocalPostgres.Options.in(folder.resolve("postgres")));
      case CONTAINERS -> ContainerPostgres.start();
    };
  }

  @Override
  public void close() {
    temporal.close();
    s3.close();
    postgres.close();
  }
}
