package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.backup.PgTools;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runbooks with one hostile or broken field each: each is refused, with its code, its place and the
 * next command, and neither the target nor the server that it shares with staging is changed, as
 * PostgreSQL's own tools see them.
 */
@Tag("slow")
class HostileRunbookTest {
  private static final String LEGACY =
      """
      CREATE TABLE public.people (id bigint PRIMARY KEY, full_name text, ssn text);
      INSERT INTO public.people SELECT g, 'n' || g, 's' || g FROM generate_series(1, 100) g;
      CREATE TABLE public.victim (id int PRIMARY KEY);
      CREATE TABLE public.old_log (id bigint PRIMARY KEY, msg text);
      """;

  /** What is put together at run time: reading finds nothing, the server's locks tell of it. */
  private static final List<String> PUT_TOGETHER =
      List.of(
          "DO $$ BEGIN EXECUTE 'ALTER RO' || 'LE hostile_bystander NOLOGIN'; END $$",
          "DO $$ BEGIN EXECUTE 'CREATE RO' || 'LE hostile_new SUPERUSER'; END $$",
          "DO $$ BEGIN EXECUTE 'GRANT pg_moni' || 'tor TO hostile_bystander'; END $$",
          "DO $$ BEGIN EXECUTE 'ALTER DATA' || 'BASE postgres SET work_mem = 64'; END $$",
          "DO $$ BEGIN EXECUTE 'COMMENT ON RO' || 'LE hostile_bystander IS ''x'''; END $$");

  private static Target target;
  private static Map<String, String> before;

  @TempDir Path temp;

  @BeforeAll
  static void server() {
    target = CatalogSamples.target(SharedPostgres.freshDatabase("hostile"));
    CatalogSamples.run(target, LEGACY);
    CatalogSamples.run(
        target,
        "CREATE ROLE hostile_bystander LOGIN; CREATE ROLE hostile_group;"
            + " GRANT hostile_group TO hostile_bystander");
    before = fromOutside();
  }

  @AfterAll
  static void clean() {
    CatalogSamples.run(target, "DROP ROLE hostile_bystander; DROP ROLE hostile_group");
  }

  @Test
  void theRunbookWithoutAHostileFieldIsRead() {
    assertThat(write(HostileFields.files("", "")).runbook().name()).isEqualTo("hostile");
  }

  @TestFactory
  Stream<DynamicTest> whatReadingFindsIsRefusedBeforeAnythingIsSent() {
    List<HostileFields.Hostile> all = HostileFields.all();
    assertThat(all).hasSizeGreaterThan(150);
    return Stream.concat(
        all.stream()
            .map(hostile -> DynamicTest.dynamicTest(hostile.toString(), () -> read(hostile))),
        unchanged());
  }

  private void read(HostileFields.Hostile hostile) {
    RubiconException refused =
        catchThrowableOfType(RubiconException.class, () -> write(hostile.files()));
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
    assertThat(refused.getMessage()).containsPattern(hostile.file() + ":[0-9]+");
    assertThat(refused.next()).contains("rubicon validate");
  }

  @TestFactory
  Stream<DynamicTest> whatIsPutTogetherAtRunTimeIsTakenBack() {
    return Stream.concat(
        Stream.of("canonical/schema.sql", "expand/V1__a.sql", "expand/U1__a.sql", "contract.sql")
            .flatMap(
                file ->
                    PUT_TOGETHER.stream()
                        .map(
                            sql ->
                                DynamicTest.dynamicTest(
                                    file + ": " + sql, () -> tried(file, sql)))),
        unchanged());
  }

  private void tried(String file, String sql) {
    RubiconException refused = plan(file, sql, "");
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
    assertThat(refused.getMessage()).contains(file, "reaches beyond the database");
    assertThat(refused.next()).contains("rubicon plan");
  }

  /** Statements are sent together, and looked at together, where that comes to the same. */
  @Test
  void theStatementAmongOthersIsNamed() {
    for (String file : List.of("expand/V1__a.sql", "expand/U1__a.sql")) {
      RubiconException refused =
          plan(
              file,
              """
              CREATE TABLE IF NOT EXISTS more (a int);
              CREATE OR REPLACE FUNCTION reach() RETURNS int LANGUAGE plpgsql AS $$
              BEGIN EXECUTE 'ALTER RO' || 'LE hostile_bystander NOLOGIN'; RETURN 1; END $$;
              CREATE TABLE reached AS SELECT reach() AS a;
              DROP TABLE IF EXISTS reached
              """,
              "");
      assertThat(refused.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
      assertThat(refused.getMessage()).contains(file + ":5", "reaches beyond the database");
      assertThat(fromOutside()).isEqualTo(before);
    }
  }

  /** What commits by itself before anybody can look is named afterwards. */
  @Test
  void whatCommittedByItselfIsNamed() {
    RubiconException refused =
        plan(
            "expand/V1__a.sql",
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER RO' || 'LE"
                + " hostile_bystander NOLOGIN'; COMMIT; END $$; CALL p()",
            "-- no transaction: a test\n");

    assertThat(refused.code()).isEqualTo(ErrorCode.STAGING_CHANGED);
    assertThat(refused.getMessage()).contains("role hostile_bystander");
    CatalogSamples.run(target, "ALTER ROLE hostile_bystander LOGIN");
    assertThat(fromOutside()).isEqualTo(before);
  }

  private RubiconException plan(String file, String sql, String head) {
    var files = new TreeMap<String, String>();
    files.put(
        "runbook.yaml",
        """
        rubicon: 1
        name: hostile
        title: One hostile file
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        expand: {migrations: expand}
        contract: {sql: [contract.sql]}
        findings: [{match: "*", disposition: accept, reason: a test}]
        """);
    files.put("canonical/schema.sql", HostileFields.CANONICAL);
    files.put("expand/V1__a.sql", "ALTER TABLE public.victim ADD COLUMN a int;\n");
    files.put("expand/U1__a.sql", "ALTER TABLE public.victim DROP COLUMN a;\n");
    files.put("contract.sql", "SELECT 1;\n");
    files.compute(file, (_, text) -> head + text + sql + ";\n");
    Bundle bundle = write(files);
    var preflight = new Preflight(PreflightSamples.staging(), Optional.empty());
    return catchThrowableOfType(
        RubiconException.class,
        () -> preflight.run(PreflightSamples.context(bundle, target, new KeptEvidence())));
  }

  private static Stream<DynamicTest> unchanged() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "target and server are as they were",
            () -> assertThat(fromOutside()).isEqualTo(before)));
  }

  private Bundle write(Map<String, String> files) {
    try {
      Path folder = Files.createTempDirectory(temp, "rb");
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return RunbookReader.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As pg_dumpall and pg_dump tell of them. */
  private static Map<String, String> fromOutside() {
    return Map.of(
        "globals", tool("pg_dumpall", "--globals-only", "-l", "postgres"),
        "target", tool("pg_dump", target.database()));
  }

  private static String tool(String name, String... arguments) {
    var server = SharedPostgres.server();
    try (PgSession session = CatalogSamples.open(target)) {
      int major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
      Path bin = PgTools.forServer(Optional.empty(), major).folder();
      var builder =
          new ProcessBuilder(
              Stream.concat(
                      Stream.of(
                          bin.resolve(name).toString(),
                          "-h",
                          server.host(),
                          "-p",
                          String.valueOf(server.port()),
                          "-U",
                          server.superuser()),
                      Stream.of(arguments))
                  .toList());
      builder.environment().put("PGPASSWORD", server.password());
      Process process = builder.redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(out).isZero();
      return out.replaceAll("(?m)^\\\\(un)?restrict.*$", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
