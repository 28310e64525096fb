import ch.qos.logback.classic.Level;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.jooq.Constants;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Jdbc;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates the ledger's jOOQ classes from its Flyway migrations, on a throw-away PostgreSQL:
 * {@code GenerateLedgerClasses <folder of SQL> <output folder>}. Does nothing when the output was
 * made from the same SQL by the same generator.
 */
final class GenerateLedgerClasses {
  private static final String SCHEMA = "rubicon_ledger";
  private static final String PACKAGE = "dev.rubicon.ledger.jooq";

  private GenerateLedgerClasses() {}

  public static void main(String[] arguments) throws Exception {
    Path sql = Path.of(arguments[0]);
    Path output = Path.of(arguments[1]);
    Path stamp = output.resolve(".generated-from");
    String digest = digest(sql);
    if (Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
      return;
    }
    clear(output);
    quieten();
    try (var postgres =
        EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start()) {
      Flyway.configure()
          .dataSource(postgres.getPostgresDatabase())
          .defaultSchema(SCHEMA)
          .locations("filesystem:" + sql)
          .placeholders(Map.of("workerRole", ""))
          .load()
          .migrate();
      generate(postgres.getJdbcUrl("postgres", "postgres"), output);
    }
    Files.writeString(stamp, digest);
  }

  private static void generate(String url, Path output) throws Exception {
    var database =
        new Database()
            .withName("org.jooq.meta.postgres.PostgresDatabase")
            .withInputSchema(SCHEMA)
            .withExcludes("flyway_schema_history")
            .withIncludeRoutines(false);
    var options =
        new Generate()
            .withRecords(true)
            .withGlobalObjectReferences(true)
            .withComments(true)
            .withImplicitJoinPathsToOne(false)
            .withImplicitJoinPathsToMany(false)
            // A build from the same sources gives the same bytes.
            .withGeneratedAnnotation(false);
    var target =
        new Target()
            .withPackageName(PACKAGE)
            .withDirectory(output.toString())
            .withEncoding("UTF-8");
    GenerationTool.generate(
        new Configuration()
            .withLogging(Logging.WARN)
            .withJdbc(
                new Jdbc()
                    .withDriver("org.postgresql.Driver")
                    .withUrl(url)
                    .withUser("postgres")
                    .withPassword("postgres"))
            .withGenerator(
                new Generator().withDatabase(database).withGenerate(options).withTarget(target)));
  }

  /** What the libraries say while all goes well is of no use to whoever builds. */
  private static void quieten() {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
        instanceof ch.qos.logback.classic.Logger root) {
      root.setLevel(Level.ERROR);
    }
  }

  private static String digest(Path sql) throws Exception {
    var hash = MessageDigest.getInstance("SHA-256");
    hash.update(Constants.FULL_VERSION.getBytes(StandardCharsets.UTF_8));
    for (Path file : files(sql)) {
      hash.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      hash.update(Files.readAllBytes(file));
    }
    // A program launched from its source knows where that lies.
    String self = System.getProperty("jdk.launcher.sourcefile");
    if (self != null) {
      hash.update(Files.readAllBytes(Path.of(self)));
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var found = Files.list(folder)) {
      return found.sorted().toList();
    }
  }

  private static void clear(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var found = Files.walk(folder)) {
        for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(folder);
  }
}
