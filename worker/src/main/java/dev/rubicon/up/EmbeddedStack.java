package dev.rubicon.up;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.signing.KeyFiles;
import dev.rubicon.stack.DevTemporal;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.EmbeddedTemporal;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.PostgresServer;
import dev.rubicon.stack.TemporalServer;
import dev.rubicon.workflow.Attributes;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * PostgreSQL, S3 and Temporal on loopback, with roles, databases and a ledger that is ready. The
 * worker's role is no superuser and does not own the audit trail.
 */
public final class EmbeddedStack implements AutoCloseable {
  static final String USER = "rubicon";
  static final String LEDGER = "rubicon_ledger";
  static final String BUCKET = "rubicon";
  private static final String LEDGER_OWNER = "rubicon_ledger_owner";
  private static final String SIGNING_KEY = "decisions.key";
  private static final String ACCESS_KEY = "rubicon";

  private final StateFolder folder;
  private final PostgresServer postgres;
  private final EmbeddedS3 s3;
  private final TemporalServer temporal;

  private EmbeddedStack(
      StateFolder folder, PostgresServer postgres, EmbeddedS3 s3, TemporalServer temporal) {
    this.folder = folder;
    this.postgres = postgres;
    this.s3 = s3;
    this.temporal = temporal;
  }

  /**
   * @param durable false: a demo that may lose a power failure, and starts faster for it
   */
  public static EmbeddedStack start(
      Path stateDir, TemporalChoice choice, boolean durable, Consumer<String> progress) {
    StateFolder folder = StateFolder.open(stateDir);
    var options =
        LocalPostgres.Options.in(folder.path("postgres"))
            .port(folder.port("postgres"))
            .password(folder.secret("postgres"))
            .settings(Map.of("max_connections", "200"))
            .durable(durable);
    return start(folder, () -> LocalPostgres.start(options), choice, progress);
  }

  /**
   * @param server starts PostgreSQL elsewhere than in the folder; it ends with the stack
   */
  public static EmbeddedStack start(
      Path stateDir,
      TemporalChoice choice,
      Supplier<PostgresServer> server,
      Consumer<String> progress) {
    return start(StateFolder.open(stateDir), server, choice, progress);
  }

  private static EmbeddedStack start(
      StateFolder folder,
      Supplier<? extends PostgresServer> server,
      TemporalChoice choice,
      Consumer<String> progress) {
    try {
      PostgresServer postgres = server.get();
      progress.accept("PostgreSQL at " + postgres.host() + ":" + postgres.port());
      var s3 =
          EmbeddedS3.start(
              folder.path("s3"), folder.port("s3"), BUCKET, ACCESS_KEY, folder.secret("s3"));
      progress.accept("S3 at " + s3.endpoint() + " over " + s3.folder());
      var temporal = temporal(folder, choice, progress);
      var stack = new EmbeddedStack(folder, postgres, s3, temporal);
      stack.prepare();
      return stack;
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static TemporalServer temporal(
      StateFolder folder, TemporalChoice choice, Consumer<String> progress) {
    boolean program = DevTemporal.program().isPresent();
    if (choice == TemporalChoice.DEV_SERVER && !program) {
      throw new RubiconException(
          ErrorCode.TEMPORAL_UNREACHABLE,
          "there is no 'temporal' program on the PATH",
          "go install github.com/temporalio/cli/cmd/temporal@v1.5.1, or use --temporal in-process");
    }
    if (choice == TemporalChoice.IN_PROCESS || !program) {
      var server = EmbeddedTemporal.start(folder.port("temporal"), Attributes.NAMES);
      progress.accept(
          "Temporal in-process at "
              + server.address()
              + ": it keeps nothing on disk and has no UI; a real one: --temporal dev-server");
      return server;
    }
    var server =
        DevTemporal.start(
            folder.path("temporal.db"),
            folder.port("temporal"),
            folder.port("temporal-ui"),
            Attributes.NAMES);
    progress.accept("Temporal at " + server.address() + ", UI at " + server.uiUrl().orElse(""));
    return server;
  }

  private void prepare() {
    var roles = new Roles(postgres);
    roles.role(USER, folder.secret(USER), "CREATEDB");
    roles.role(LEDGER_OWNER, folder.secret(LEDGER_OWNER), "");
    roles.database(LEDGER, LEDGER_OWNER);
    try (Ledger ledger = Ledger.open(target("ledger", LEDGER, USER))) {
      ledger.migrateAs(target("ledger", LEDGER, LEDGER_OWNER)).requireCurrent();
    }
  }

  private Target target(String name, String database, String user) {
    return new Target(
        name, postgres.jdbcUrl(database), user, new Secret(folder.secret(user)), Map.of());
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public TemporalServer temporal() {
    return temporal;
  }

  public EmbeddedS3 s3() {
    return s3;
  }

  public Roles roles() {
    return new Roles(postgres);
  }

  /** The role that Rubicon works as. */
  public String user() {
    return USER;
  }

  /** A secret of this stack; made up the first time, kept in a file of mode 600. */
  public String secret(String name) {
    return folder.secret(name);
  }

  /** The file that holds it. */
  public Path secretFile(String name) {
    folder.secret(name);
    return folder.secretFile(name);
  }

  /** The key that this stack's workers sign decisions with; made the first time. */
  public Path signingKey() {
    folder.secret(SIGNING_KEY, KeyFiles::generate);
    return folder.secretFile(SIGNING_KEY);
  }

  public Path path(String name) {
    return folder.path(name);
  }

  /** A port that stays the same over restarts. */
  public int port(String name) {
    return folder.port(name);
  }

  @Override
  public void close() {
    try {
      temporal.close();
      s3.close();
    } finally {
      postgres.close();
      folder.close();
    }
  }
}
