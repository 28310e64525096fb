package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.golden.TemplateCopy;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.restore.Restore;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.SharedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database has besides its objects, which pg_dump leaves out; looked at from outside. */
class DatabasePropertiesTest {
  /** Name of the database: %1$s. A grantor is left out: it is the owner. */
  private static final String PROPERTIES =
      """
      SELECT 'limit ' || d.datconnlimit FROM pg_database d WHERE d.datname = '%1$s'
      UNION ALL
      SELECT 'comment ' || shobj_description(d.oid, 'pg_database') FROM pg_database d WHERE d.datname = '%1$s'
      UNION ALL
      SELECT format('grant %%s %%s %%s', a.grantee::regrole, a.privilege_type, a.is_grantable)
      FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = '%1$s'
      UNION ALL
      SELECT format('encoding %%s %%s %%s %%s', pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, d.datlocprovider)
      FROM pg_database d WHERE d.datname = '%1$s'
      ORDER BY 1
      """;

  private static final String SETTINGS =
      """
      SELECT format('setting %%s %%s', s.setrole::regrole, c.c)
      FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS c(c)
      WHERE d.datname = '%1$s'
      ORDER BY 1
      """;

  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private static int rollouts;

  private ObjectStore store;
  private RubiconConfig config;
  private TestRollout rollout;
  private Target prod;
  private String id;
  private String reader;
  private String goes;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret");
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() throws SQLException {
    var server = SharedPostgres.server();
    String database = SharedPostgres.freshDatabase("properties");
    config = TestRollout.config(server, database, server, s3.endpoint(), s3);
    store = ObjectStore.open(config.objectStore());
    id = "p" + ++rollouts;
    reader = "own properties reader " + id;
    goes = "own properties goes " + id;
    rollout = new TestRollout(config, id);
    prod = config.target("prod");
    for (String role : List.of(reader, goes)) {
      TestRollout.sql(prod, "CREATE ROLE \"" + role + "\" LOGIN");
    }
    String it = "DATABASE \"" + database + "\"";
    TestRollout.sql(
        prod,
        "CREATE TABLE t AS SELECT 1 AS n",
        "COMMENT ON " + it + " IS 'the owner''s words'",
        "ALTER " + it + " CONNECTION LIMIT 77",
        "ALTER " + it + " SET work_mem = '5MB'",
        "ALTER " + it + " SET search_path = \"$user\", \"Odd, \"\"Schema\", public",
        "ALTER " + it + " SET temp_tablespaces = ''",
        "ALTER " + it + " SET \"my.note\" = 'it''s a \\ value, with = and ,'",
        "ALTER ROLE \"" + reader + "\" IN " + it + " SET statement_timeout = '7s'",
        "ALTER ROLE \"" + goes + "\" IN " + it + " SET lock_timeout = '1s'",
        "REVOKE ALL ON " + it + " FROM PUBLIC",
        "GRANT CONNECT ON " + it + " TO \"" + reader + "\" WITH GRANT OPTION",
        "GRANT TEMP ON " + it + " TO PUBLIC",
        "GRANT CREATE ON " + it + " TO \"" + goes + "\"");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void comeBackWithARestore() throws Exception {
    Facts.Backup facts = backUp();

    Restore.Restored restored =
        new Restore(store, config).run(facts.key(), prod, "restored_" + id, tag(), rollout);

    assertThat(of(PROPERTIES, "restored_" + id))
        .isEqualTo(of(PROPERTIES, prod.database()))
        .contains("limit 77", "comment the owner's words");
    assertThat(of(SETTINGS, "restored_" + id)).isEqualTo(of(SETTINGS, prod.database())).hasSize(6);
    assertThat(restored.notes()).isEmpty();
  }

  /** Somebody's words that read like shell, like psql, and like the end of what psql reads. */
  @Test
  void comeBackWithoutRubicon() throws Exception {
    Path trap = folder.resolve("trap-" + id);
    TestRollout.sql(
        prod,
        "COMMENT ON DATABASE \"%s\" IS 'the owner''s $(touch %s) :database\n\\! touch %s\nSQL\nEOF\nend'"
            .formatted(prod.database(), trap, trap)
            .replace("'the", "E'the"));
    Facts.Backup facts = backUp();

    String said = byHand(facts, "by hand \"" + id);

    assertThat(of(PROPERTIES, "by hand \"" + id))
        .isEqualTo(of(PROPERTIES, prod.database()))
        .contains("limit 77")
        .anyMatch(line -> line.startsWith("comment the owner's $(touch"));
    assertThat(of(SETTINGS, "by hand \"" + id)).isEqualTo(of(SETTINGS, prod.database())).hasSize(6);
    assertThat(trap).doesNotExist();
    assertThat(said).contains("restored into").doesNotContain("ERROR");

    TestRollout.sql(prod, "DROP OWNED BY \"" + goes + "\"", "DROP ROLE \"" + goes + "\"");
    assertThat(byHand(facts, "once more " + id))
        .as("what is missing is said, and the rest is there")
        .contains("role \"" + goes + "\" does not exist", "restored into");
    assertThat(of(SETTINGS, "once more " + id)).hasSize(5);
    assertThat(of(PROPERTIES, "once more " + id)).contains("limit 77");
  }

  private String byHand(Facts.Backup facts, String database) throws Exception {
    Path download = Files.createTempDirectory(folder, "download");
    for (String key : store.keys(facts.key().substring(0, facts.key().lastIndexOf('/') + 1))) {
      Files.write(download.resolve(key.substring(key.lastIndexOf('/') + 1)), store.read(key));
    }
    var builder =
        new ProcessBuilder("sh", download.resolve("restore.sh").toString(), database)
            .redirectErrorStream(true);
    var server = SharedPostgres.server();
    builder.environment().put("PGHOST", server.host());
    builder.environment().put("PGPORT", String.valueOf(server.port()));
    builder.environment().put("PGUSER", server.superuser());
    builder.environment().put("PGPASSWORD", server.password());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void ofARoleThatIsNotThereAreNamed() throws Exception {
    Facts.Backup facts = backUp();
    TestRollout.sql(prod, "DROP OWNED BY \"" + goes + "\"", "DROP ROLE \"" + goes + "\"");

    Restore.Restored restored =
        new Restore(store, config).run(facts.key(), prod, "restored_" + id, tag(), rollout);

    assertThat(restored.notes())
        .singleElement()
        .satisfies(note -> assertThat(note).contains(goes, "settings", "grants"));
    assertThat(of(SETTINGS, "restored_" + id)).hasSize(5);
  }

  /** A rehearsal's sessions have what the target's have; the clone itself is Rubicon's. */
  @Test
  void ofSessionsAreThoseOfTheClone() throws Exception {
    Facts.Backup facts = backUp();
    Facts.Clone clone = new GoldenClone(store, config).run(rollout.context(Phase.CLONE), facts);
    var copies = new TemplateCopy(config.staging(), tag(), rollout);
    String name = "rubicon_clone_" + id;

    copies.create(clone.golden(), name);

    assertThat(of(SETTINGS, name)).isEqualTo(of(SETTINGS, prod.database())).hasSize(6);
    assertThat(of(PROPERTIES, name)).contains("limit -1").doesNotContain("limit 77");
    copies.drop(name);
  }

  @Test
  void anotherTargetsManifestIsRefusedUnlessItIsNamed() throws Exception {
    Facts.Backup facts = backUp();
    Target other = new Target("other", prod.url(), prod.user(), prod.password(), prod.variables());
    var restore = new Restore(store, config);
    String name = "restored_" + id;

    RubiconException refused =
        catchThrowableOfType(
            RubiconException.class, () -> restore.run(facts.key(), other, name, tag(), rollout));

    assertThat(refused.code()).isEqualTo(ErrorCode.TARGET_NOT_THE_SAME);
    assertThat(refused.getMessage()).contains("'prod'", "'other'");
    assertThat(refused.next()).contains("--backup-of prod");
    assertThat(of(PROPERTIES, name)).isEmpty();
    restore.run(facts.key(), "prod", other, name, tag(), rollout);
    assertThat(of(PROPERTIES, name)).isNotEmpty();
  }

  /** Manifests of old name none of it; they are restored as before. */
  @Test
  void areNotAskedOfAnOlderManifest() throws Exception {
    Facts.Backup facts = backUp();
    var json = (ObjectNode) new ObjectMapper().readTree(store.read(facts.key()));
    json.withObject("/database")
        .remove(List.of("connectionLimit", "comment", "settings", "grants", "labels"));

    Manifest old = Manifest.parse("old", json.toString().getBytes(StandardCharsets.UTF_8));

    assertThat(old.database().connectionLimit()).isEqualTo(-1);
    assertThat(old.database().settings()).isEmpty();
  }

  private Facts.Backup backUp() {
    return new TakeBackup(store, config).run(rollout.context(Phase.BACKUP));
  }

  private List<String> of(String question, String database) throws SQLException {
    return TestRollout.rows(config.staging(), question.formatted(database));
  }

  private static SessionTag tag() {
    return new SessionTag("properties", Phase.BACKUP);
  }
}
