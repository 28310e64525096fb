package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.cli.difference.DriftSarif;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.stack.SharedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code rubicon drift}, as CI and schedules type it: no ledger, no worker, no Temporal. */
@Timeout(120)
final class DriftCommandTest {
  private static final String CANONICAL =
      """
      CREATE TABLE public.items (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'a, b: 100%', price numeric);
      CREATE INDEX ix_items_name ON public.items (name);
      """;

  private static final String RUNBOOK =
      """
      rubicon: 1
      name: items
      title: Items
      canonical: {sql: [canonical.sql]}
      findings:
        - {match: "extra:column:public.items.note", disposition: accept, reason: "until the report is rewritten", owner: data, until: "2999-12-31"}
        - {match: "extra:column:public.items.old", disposition: accept, reason: "a release more", owner: data, until: "2020-01-31"}
        - {match: "extra:table:public.audit*", disposition: ignore, reason: "another team's"}
        - {match: "missing:column:public.items.price", disposition: fix, reason: "next week"}
        - {match: "missing:index:public.items.ix_items_name", disposition: fix, reason: "built by hand"}
      """;

  @TempDir private Path folder;
  private String database;

  @BeforeEach
  void database() throws SQLException, IOException {
    database = SharedPostgres.freshDatabase("drift");
    run(CANONICAL);
    Files.writeString(folder.resolve("canonical.sql"), CANONICAL);
    Files.writeString(folder.resolve("runbook.yaml"), RUNBOOK);
  }

  @Test
  void noDriftIsExitZeroAndWhatIsRepairedIsShown() throws Exception {
    Answer text = drift();
    assertThat(text.exit()).as(text.out() + text.err()).isZero();
    assertThat(text.out()).contains("no drift", "repaired", "built by hand");
    Answer json = drift("--format", "json");
    assertThat(json.json().path("drift").asInt()).isZero();
    assertThat(json.json().path("fingerprint")).isEqualTo(json.json().path("expected"));
    assertThat(json.json().path("repaired")).hasSize(4);
  }

  @Test
  void aNameThatWouldSteerTheTerminalIsSpelledOut() throws Exception {
    run("ALTER TABLE public.items ADD \"red\u001b[31m\u202e\" text;");
    Answer text = drift();
    assertThat(text.out())
        .contains("extra:column:public.items.red\\x1b[31m\\u202e")
        .doesNotContain("\u001b", "\u202e");
  }

  @Test
  void eachDispositionCountsAsItSaysInEveryFormat() throws Exception {
    run(
        """
        ALTER TABLE public.items ADD note text, ADD old text, DROP price;
        CREATE TABLE public.audit_log (at timestamptz);
        COMMENT ON TABLE public.items IS 'a "b" <c>, d: 100%';
        """);
    Answer text = drift();
    assertThat(text.exit()).as(text.out() + text.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(text.out())
        .containsPattern("accepted +structure +extra:column:public.items.note")
        .containsPattern(
            "DRIFT +structure +extra:column:public.items.old +the acceptance ended on 2020-01-31")
        .containsPattern("ignored +structure +extra:table:public.audit_log")
        .containsPattern("DRIFT, fixed-by-rollout +structure +missing:column:public.items.price")
        .containsPattern("repaired +missing:index:public.items.ix_items_name")
        .contains("3 differences");

    sarif(drift("--format", "sarif"));
    junit(drift("--format", "junit"));
    assertThat(drift("--format", "github").out().lines())
        .anyMatch(
            line ->
                line.startsWith("::error file=")
                    && line.contains(
                        "runbook.yaml,line=1,title=extra%3Acolumn%3Apublic.items.old::"))
        .anyMatch(line -> line.contains("title=repaired%3A missing%3Aindex"))
        .allMatch(line -> line.startsWith("::error ") || line.startsWith("::notice "));
    JsonNode json = drift("-o", "json").json();
    assertThat(json.path("drift").asInt()).isEqualTo(3);
    assertThat(json.path("channels").path("structure").asInt()).isEqualTo(3);
  }

  @Test
  void whatIsOnlyNotInForceIsInTheChannelOfItsOwn() throws Exception {
    run(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid ="
            + " 'public.ix_items_name'::regclass");
    Answer text = drift();
    assertThat(text.out()).containsPattern("DRIFT +validity +invalid:index:public.items");
    assertThat(drift("-o", "json").json().path("channels").toString())
        .isEqualTo("{\"validity\":1}");
  }

  @Test
  void aSequenceBehindItsColumnIsFoundWhereValuesAreAskedForAndShownAsRepaired() throws Exception {
    String canonical = "CREATE TABLE public.counted (id serial PRIMARY KEY, name text);\n";
    run(canonical + "INSERT INTO public.counted VALUES (7, 'by hand')");
    Files.writeString(folder.resolve("canonical.sql"), CANONICAL + canonical);
    Files.writeString(
        folder.resolve("runbook.yaml"),
        RUNBOOK
            + "  - {match: \"value-drift:sequence:public.counted_id_seq\", disposition: fix,"
            + " reason: tonight}\n");
    Answer definitions = drift();
    assertThat(definitions.exit()).as(definitions.out() + definitions.err()).isZero();
    assertThat(definitions.out()).doesNotContain("value-drift");
    Answer behind = drift("--values");
    assertThat(behind.exit()).as(behind.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(behind.out())
        .containsPattern("DRIFT.* +values +value-drift:sequence:public.counted_id_seq");
    assertThat(drift("--values", "-o", "json").json().path("channels").toString())
        .isEqualTo("{\"values\":1}");
    run("SELECT setval('public.counted_id_seq', 7)");
    Answer repaired = drift("--values");
    assertThat(repaired.exit()).as(repaired.out() + repaired.err()).isZero();
    assertThat(repaired.out())
        .containsPattern("repaired +value-drift:sequence:public.counted_id_seq");
  }

  private static void sarif(Answer answer) {
    assertThat(DriftSarif.uri(Path.of("r b%ü", "runbook.yaml")))
        .isEqualTo("r%20b%25%C3%BC/runbook.yaml");
    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    JsonNode log = answer.json();
    assertThat(log.path("version").asText()).isEqualTo("2.1.0");
    JsonNode run = log.path("runs").path(0);
    var rules = new ArrayList<String>();
    run.path("tool")
        .path("driver")
        .path("rules")
        .forEach(rule -> rules.add(rule.path("id").asText()));
    JsonNode results = run.path("results");
    for (JsonNode result : results) {
      assertThat(rules).contains(result.path("ruleId").asText());
      assertThat(result.path("level").asText()).isIn("error", "note", "none");
      assertThat(result.path("message").path("text").asText()).isNotBlank();
      JsonNode where = result.path("locations").path(0).path("physicalLocation");
      assertThat(where.path("artifactLocation").path("uri").asText()).endsWith("runbook.yaml");
      assertThat(where.path("region").path("startLine").asInt()).isEqualTo(1);
      assertThat(result.path("partialFingerprints").path("findingId/v1").asText()).isNotBlank();
    }
    assertThat(results).filteredOn(r -> r.path("level").asText().equals("error")).hasSize(3);
    assertThat(results).filteredOn(r -> r.has("suppressions")).hasSize(2);
    assertThat(results)
        .filteredOn(r -> r.path("baselineState").asText().equals("absent"))
        .hasSize(1);
  }

  private static void junit(Answer answer) throws Exception {
    var suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(answer.out().getBytes(StandardCharsets.UTF_8)))
            .getElementsByTagName("testsuite")
            .item(0)
            .getAttributes();
    assertThat(suite.getNamedItem("failures").getNodeValue()).isEqualTo("3");
    assertThat(suite.getNamedItem("skipped").getNodeValue()).isEqualTo("2");
    assertThat(suite.getNamedItem("tests").getNodeValue()).isEqualTo("7");
  }

  @Test
  void whatWasSavedIsComparedWithLaterAndAChangedFileIsRefused() throws Exception {
    Path kept = folder.resolve("kept.json");
    assertThat(drift("--save", kept.toString()).exit()).isZero();
    String first = Files.readString(kept);
    assertThat(drift("--against", kept.toString(), "--save", kept.toString()).exit()).isZero();
    assertThat(Files.readString(kept)).as("byte by byte").isEqualTo(first);
    String fingerprint = Answer.parse(first).path("fingerprint").asText();
    Answer same = drift("--against", fingerprint);
    assertThat(same.exit()).as(same.err()).isZero();

    run("ALTER TABLE public.items ALTER name DROP DEFAULT");
    Answer changed = drift("--against", kept.toString());
    assertThat(changed.exit()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(changed.out()).contains("changed:column:public.items.name", "1 difference");
    Answer unnamed = drift("--against", fingerprint);
    assertThat(unnamed.exit()).as(unnamed.err()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
    assertThat(unnamed.out()).contains("changed:fingerprint:schemas");
    assertThat(unnamed.err()).contains("the ledger could not be asked");
    Files.writeString(kept, first.replace("price", "prize"));
    Answer altered = drift("-o", "json", "--against", kept.toString());
    assertThat(altered.error().path("cause").asText()).contains("was changed since it was written");
    assertThat(altered.error().path("next").asText()).isNotBlank();
    for (String damaged : List.of("", "null", "{}", "[1]", first.substring(0, 400))) {
      Files.writeString(kept, damaged);
      Answer refused = drift("-o", "json", "--against", kept.toString());
      assertThat(refused.error().path("code").asText()).as(damaged).isEqualTo("USAGE");
      assertThat(refused.error().path("cause").asText()).contains("is no inventory");
    }
    Answer none = drift("-o", "json", "--against", "cannonical");
    assertThat(none.error().path("code").asText()).isEqualTo("USAGE");
  }

  private Answer drift(String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("drift", "--runbook", folder.toString()));
    arguments.addAll(List.of(more));
    return Answer.as(
        Map.of("PASSWORD", SharedPostgres.server().password()),
        config(),
        arguments.toArray(String[]::new));
  }

  private Path config() throws IOException {
    Path file = folder.resolve(".rubicon.yaml");
    Files.writeString(
        file,
        """
        targets:
          prod: %s
        staging: %s
        ledger: %s
        object-store: {bucket: none}
        """
            .formatted(at(database), at("postgres"), at("postgres")));
    return file;
  }

  private static String at(String name) {
    var server = SharedPostgres.server();
    return "{url: \"%s\", user: %s, password: \"${PASSWORD}\"}"
        .formatted(server.jdbcUrl(name), server.superuser());
  }

  private void run(String sql) throws SQLException {
    var server = SharedPostgres.server();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl(database), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
