package dev.rubicon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Allowance;
import dev.rubicon.yaml.Definitions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final String FULL =
      """
      targets:
        prod: {url: "jdbc:postgresql://127.0.0.1:5432/heretix", user: rubicon, password: "${PROD_PASSWORD}", variables: {app: "http://${HOST}:8080"}, connections: {min: 2, max: 10}, statement-timeout: 60s}
      staging: {url: "jdbc:postgresql://127.0.0.1:5432/postgres?sslmode=require", user: rubicon, password: "file:staging.secret"}
      ledger: {url: "jdbc:postgresql://127.0.0.1:5432/ledger", user: rubicon, password: "${PROD_PASSWORD}"}
      object-store: {endpoint: "http://127.0.0.1:9000", region: eu-central-1, bucket: rubicon, prefix: "a/", access-key: key, secret-key: "${S3_SECRET}", path-style: false, part-limit: 1000}
      temporal: {address: "temporal:7233", namespace: prod, tls: true, client-certificate: c.pem, client-key: k.pem, api-key: "${API_KEY}", ui-url: "http://ui:8080", payload-key: "${PAYLOAD_KEY}"}
      http: {host: 0.0.0.0, port: 8787, tokens: {alice: "${ALICE_TOKEN}"}}
      notifications: {webhook: "http://hook/x"}
      heartbeat-timeout: 30s
      snapshot-limit: 12h
      pg-bin: /usr/lib/postgresql/15/bin
      worker: {data-slots: 1, ddl-slots: 2, watch-slots: 3}
      """;

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PROD_PASSWORD", "pw-of-prod",
          "S3_SECRET", "s3-secret",
          "API_KEY", "api-key-value",
          "ALICE_TOKEN", "token-of-alice",
          "HOST", "10.0.0.1",
          "PAYLOAD_KEY", "k1:" + "A".repeat(43) + "=",
          "SHORT_KEY", "k1:AAAA",
          "BLANK", " ",
          "URL_WITH_PASSWORD", "jdbc:postgresql://h/db?password=hunter2");

  @TempDir private Path folder;

  @Test
  void readsEveryKeyAndResolvesSecrets() throws IOException {
    RubiconConfig config = read(FULL);

    assertThat(config.target("prod").allowance())
        .isEqualTo(new Allowance(2, Optional.of(10), Optional.of(Duration.ofMinutes(1))));
    assertThat(config.staging().allowance()).isEqualTo(Allowance.UNLIMITED);
    assertThat(config.target("prod").url()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/heretix");
    assertThat(config.target("prod").name()).isEqualTo("prod");
    assertThat(config.target("prod").password().reveal()).isEqualTo("pw-of-prod");
    assertThat(config.target("prod").variables()).containsEntry("app", "http://10.0.0.1:8080");
    assertThat(config.staging().password().reveal()).isEqualTo("secret in a file");
    assertThat(config.objectStore().endpoint()).contains(URI.create("http://127.0.0.1:9000"));
    assertThat(config.objectStore().secretKey().orElseThrow().reveal()).isEqualTo("s3-secret");
    assertThat(config.objectStore().pathStyle()).isFalse();
    assertThat(config.objectStore().partLimit()).isEqualTo(1000);
    assertThat(config.temporal().clientKey()).contains(folder.resolve("k.pem"));
    assertThat(config.temporal().payloadKey()).isPresent();
    assertThat(config.http().tokens().get("alice").reveal()).isEqualTo("token-of-alice");
    assertThat(config.notifications().webhook()).contains(URI.create("http://hook/x"));
    assertThat(config.heartbeatTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.snapshotLimit()).isEqualTo(Duration.ofHours(12));
    assertThat(config.pgBin()).contains(Path.of("/usr/lib/postgresql/15/bin"));
    assertThat(config.worker()).isEqualTo(new RubiconConfig.Worker(1, 2, 3));
    assertThat(config.toString()).doesNotContain("pw-of-prod", "s3-secret", "token-of-alice");
  }

  @Test
  void fillsDefaultsIn() throws IOException {
    RubiconConfig config =
        read(
            """
            targets: {prod: {url: "jdbc:postgresql://h/db", user: u, password: "${S3_SECRET}"}}
            staging: {url: "jdbc:postgresql://h/db", user: u, password: "${S3_SECRET}"}
            ledger: {url: "jdbc:postgresql://h/db", user: u, password: "${S3_SECRET}"}
            object-store: {bucket: rubicon}
            """);

    assertThat(config.objectStore())
        .isEqualTo(
            new RubiconConfig.ObjectStore(
                Optional.empty(),
                "us-east-1",
                "rubicon",
                "",
                Optional.empty(),
                Optional.empty(),
                false,
                10_000));
    assertThat(config.temporal())
        .isEqualTo(
            new RubiconConfig.Temporal(
                "127.0.0.1:7233",
                "default",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(config.http()).isEqualTo(new RubiconConfig.Http("127.0.0.1", 8787, Map.of()));
    assertThat(config.heartbeatTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.pgBin()).isEmpty();
    assertThat(config.snapshotLimit()).isEqualTo(Duration.ofHours(24));
    assertThat(config.worker()).isEqualTo(new RubiconConfig.Worker(4, 4, 4));
    assertThat(RubiconConfig.Worker.forTargets(7)).isEqualTo(new RubiconConfig.Worker(7, 7, 7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "user: rubicon, password: \"${PROD_PASSWORD}\", variables | user: rubicon, password:"
            + " «hunter2, variables | in the clear",
        "user: rubicon, password: \"${PROD_PASSWORD}\", variables | user: rubicon, password:"
            + " «12345678, variables | in the clear",
        "user: rubicon, password: \"${PROD_PASSWORD}\", variables | user: rubicon, password:"
            + " «\"x${PROD_PASSWORD}\", variables | in the clear",
        "secret-key: \"${S3_SECRET}\" | secret-key: «hunter2 | in the clear",
        "api-key: \"${API_KEY}\" | api-key: «hunter2 | in the clear",
        "alice: \"${ALICE_TOKEN}\" | alice: «hunter2 | in the clear",
        "\"${PAYLOAD_KEY}\" | «hunter2 | in the clear",
        "\"jdbc:postgresql://127.0.0.1:5432/heretix\" |"
            + " «\"jdbc:postgresql://127.0.0.1:5432/heretix?user=x&password=hunter2\" | URL holds a"
            + " password",
        "\"jdbc:postgresql://127.0.0.1:5432/heretix\" |"
            + " «\"jdbc:postgresql://u:hunter2@127.0.0.1:5432/heretix\" | URL holds a password",
        "\"jdbc:postgresql://127.0.0.1:5432/heretix\" | «\"${URL_WITH_PASSWORD}\" | URL holds a"
            + " password",
        "\"http://hook/x\" | «\"http://u:hunter2@hook/x\" | URL holds a password",
      })
  void refusesSecretsInTheFileWithoutRepeatingThem(String from, String to, String words)
      throws IOException {
    var refusal = refusal(from, to, words);

    assertThat(refusal.code()).isEqualTo(ErrorCode.SECRET_IN_CONFIG);
    assertThat(refusal.getMessage()).doesNotContain("hunter2", "12345678");
    assertThat(refusal.next()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "staging: | «stagin: | unknown key 'stagin' (did you mean 'staging'?)",
        "bucket: rubicon, | «buckt: x, bucket: rubicon, | did you mean 'bucket'?",
        "port: 8787 | port: «87870 | is not between 0 and 65535",
        "port: 8787 | port: «http | must be a whole number",
        "\"${ALICE_TOKEN}\" | «\"${BOB_TOKEN}\" | environment variable BOB_TOKEN is not set",
        "\"http://${HOST}:8080\" | «\"http://${NO_HOST}:8080\" | environment variable NO_HOST is"
            + " not set",
        "\"${ALICE_TOKEN}\" | «\"${BLANK}\" | what it refers to is empty",
        "\"${ALICE_TOKEN}\" | «\"${A-B}\" | no environment variable's name",
        "file:staging.secret | «file:nowhere.secret | nowhere.secret cannot be read",
        "jdbc:postgresql://127.0.0.1:5432/heretix | «jdbc:mysql://127.0.0.1/heretix |"
            + " jdbc:postgresql://host:5432/database",
        "jdbc:postgresql://127.0.0.1:5432/heretix | «jdbc:postgresql://127.0.0.1:5432 |"
            + " jdbc:postgresql://host:5432/database",
        "  prod: {url | «  Prod: {url | a target's name",
        "heartbeat-timeout: 30s | heartbeat-timeout: «0s | duration above zero",
        "path-style: false | path-style: «maybe | true or false",
        "data-slots: 1 | data-slots: «0 | is not between 1 and 1000",
        "part-limit: 1000 | part-limit: «1 | is not between 10 and 10000",
        "tls: true | tls: «false | cannot be false",
        "client-key: k.pem, |  | client-certificate and client-key belong together",
        "access-key: key, |  | needs 'access-key' beside it",
        "\"${PAYLOAD_KEY}\" | «\"${SHORT_KEY}\" | is not id:base64 with 32 bytes",
        "tokens: {alice: \"${ALICE_TOKEN}\"} | port: 1 | key 'port' is there twice",
        "\"temporal:7233\" | «\"http://temporal\" | is not host:port",
        "bucket: rubicon, |  | key 'bucket' is missing",
      })
  void refusesWithFileLineAndColumn(String from, String to, String words) throws IOException {
    assertThat(refusal(from, to == null ? "" : to, words).code())
        .isEqualTo(ErrorCode.CONFIG_INVALID);
  }

  @Test
  void refusesAnApiThatAnyoneOnTheNetworkMayCall() throws IOException {
    assertThat(refusal(", tokens: {alice: \"${ALICE_TOKEN}\"}", "", "'tokens' must say who").code())
        .isEqualTo(ErrorCode.CONFIG_INVALID);
  }

  /** Each would let in whom nobody means. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{issuer: \"http://id.example.org\", audience: a}] | is not https",
        "[{issuer: \"https://id.example.org\", audience: a, jwks: \"http://id.example.org/k\"}] |"
            + " is not https",
        "[{issuer: \"https://id.example.org\"}] | key 'audience' is missing",
        "[{issuer: \"https://id.example.org\", audience: a}] | say who may do what",
        "[{issuer: \"https://id.example.org\", audience: a, roles-claim: r}] | belong together",
        "[{issuer: \"https://id.example.org\", audience: a, clock-skew: 1h}] | is more than 5m",
        "[{issuer: \"https://a\", audience: a, roles-claim: r, grants: {x: [boss]}}] | requester",
        "[{issuer: \"https://a\", audience: a, roles-claim: r, grants: {x: [observer]}}, {issuer:"
            + " \"https://b\", audience: a, roles-claim: r, grants: {x: [observer]}}] | its own"
            + " 'realm'",
        "[{issuer: \"https://a\", audience: a, roles-claim: r, grants: {x: [observer]}, realm: x},"
            + " {issuer: \"https://a\", audience: a, roles-claim: r, grants: {x: [observer]},"
            + " realm: y}] | twice",
      })
  void refusesIssuersThatWouldLetAnybodyIn(String issuers, String words) throws IOException {
    String from = "tokens: {alice: \"${ALICE_TOKEN}\"}";
    assertThat(refusal(from, "issuers: " + issuers, words).code())
        .isEqualTo(ErrorCode.CONFIG_INVALID);
  }

  @Test
  void readsIssuers() throws IOException {
    var http =
        read(FULL.replace(
                "tokens: {alice: \"${ALICE_TOKEN}\"}",
                "issuers: [{issuer: \"https://id.example.org/realms/x\", audience: rubicon, person:"
                    + " email, roles-claim: realm_access.roles, grants: {dba: [approver@prod]},"
                    + " realm: x, clock-skew: 10s}]"))
            .http();
    assertThat(http.knowsCallers()).isTrue();
    assertThat(http.issuers())
        .containsExactly(
            new RubiconConfig.Issuer(
                URI.create("https://id.example.org/realms/x"),
                "rubicon",
                Optional.empty(),
                "email",
                Optional.of("realm_access.roles"),
                Map.of(
                    "dba",
                    List.of(
                        new RubiconConfig.Grant(RubiconConfig.Role.APPROVER, Optional.of("prod")))),
                Optional.of("x"),
                Duration.ofSeconds(10)));
  }

  @Test
  void everyKeyStandsInTheReference() throws IOException {
    var shape = new ConfigShape(new ConfigValues(Map.of(), folder));
    var keys = new TreeSet<String>();
    collectKeys(Definitions.document("x", "x", shape.config()), keys);

    String reference = Files.readString(Path.of("../docs/runbook.md"));
    String part = reference.substring(reference.indexOf("\n# rubicon.yaml\n"));
    assertThat(keys).contains("targets", "payload-key", "webhook");
    assertThat(keys).allSatisfy(key -> assertThat(part).contains("`" + key + "`"));
  }

  private static void collectKeys(JsonNode schema, Set<String> keys) {
    if (schema.path("properties") instanceof ObjectNode properties) {
      properties.fieldNames().forEachRemaining(keys::add);
    }
    schema.forEach(child -> collectKeys(child, keys));
  }

  @Test
  void refusesAFileThatIsNotThere() {
    var refusal =
        catchThrowableOfType(
            RubiconException.class, () -> ConfigReader.read(folder.resolve("no.yaml"), Map.of()));

    assertThat(refusal.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
    assertThat(refusal).hasMessageContaining("no.yaml cannot be read");
  }

  private RubiconException refusal(String from, String to, String words) throws IOException {
    assertThat(FULL).contains(from);
    int start = FULL.indexOf(from);
    String marked = FULL.substring(0, start) + to + FULL.substring(start + from.length());
    // A mark inside quotes means their beginning; CSV cells lose what stands before a key.
    String place = marked.replace("«  Prod", "  «Prod");
    var refusal = catchThrowableOfType(RubiconException.class, () -> read(marked.replace("«", "")));

    assertThat(refusal.getMessage()).contains(words);
    int at = place.indexOf('«');
    if (at >= 0) {
      String before = place.substring(0, at);
      int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
      int column = before.length() - before.lastIndexOf('\n');
      boolean quoted = before.endsWith("\"");
      assertThat(refusal.getMessage())
          .contains("rubicon.yaml:" + line + ":" + (quoted ? column - 1 : column) + ": ");
    }
    return refusal;
  }

  private RubiconConfig read(String yaml) throws IOException {
    Files.writeString(folder.resolve("staging.secret"), "secret in a file\n");
    Path file = folder.resolve("rubicon.yaml");
    Files.writeString(file, yaml);
    return ConfigReader.read(file, ENVIRONMENT);
  }
}
