package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class RunbookSchemaTest {

  @Test
  void theCommittedSchemaIsTheOneOfTheDecoders() throws IOException {
    // To renew it: write RunbookReader.schema() to src/main/resources/schema/runbook.schema.json.
    assertThat(committed()).isEqualTo(RunbookReader.schema());
  }

  @Test
  void theSchemaTakesWhatTheReaderTakes() throws IOException {
    for (Path folder :
        List.of(
            Samples.full(),
            Path.of("../runbooks/checks-canonical"),
            Path.of("../runbooks/owner-canonical"))) {
      Object unfolded =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(Samples.read(folder, "runbook.yaml"));
      assertThat(schema().validate(new ObjectMapper().valueToTree(unfolded))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backfill:|backfil:",
        "rubicon: 1|rubicon: 2",
        "name: checks-canonical|name: Checks Canonical",
        "sample-rows: 3|sample-rows: three",
        "sample-rows: 3|sample-rows: 0",
        "redact: true|redact: 1",
        "kind: in-place|kind: shadows",
        "lock-timeout: 100ms|lock-timeout: 0ms",
        "from: \"22:00\"|from: \"24:00\"",
        "action: archive|action: archiv",
        "command: [/bin/true]|comand: [/bin/true]",
        "blocks: cutover|blocks: rollback",
        "backup: pg_dump|backup: {}",
        "clone: backup|'clone: {none: a, staging: b}'",
        "status: 201|status: 42",
        "title: Checks in canonical shape|title: ''",
        "gates: [expand, cutover, contract]|gates: [expand, expand]",
      })
  void theSchemaRefusesWhatTheReaderRefuses(String from, String to) throws IOException {
    String valid = Samples.read(Samples.full(), "runbook.yaml");
    assertThat(valid).contains(from);

    assertThat(schema().validate(valid.replace(from, to), InputFormat.YAML)).isNotEmpty();
  }

  @Test
  void everyKeyStandsInTheReference() throws IOException {
    String reference = Samples.read(Path.of("../docs"), "runbook.md");
    String part = reference.substring(0, reference.indexOf("\n# rubicon.yaml\n"));
    for (String key : keys(new ObjectMapper().readTree(RunbookReader.schema()))) {
      assertThat(part).contains("`" + key + "`");
    }
  }

  private static TreeSet<String> keys(JsonNode schema) {
    var keys = new TreeSet<String>();
    if (schema.path("properties") instanceof ObjectNode properties) {
      properties.fieldNames().forEachRemaining(keys::add);
    }
    schema.forEach(child -> keys.addAll(keys(child)));
    return keys;
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(committed());
  }

  private static String committed() throws IOException {
    try (InputStream in =
        RunbookSchemaTest.class.getResourceAsStream("/schema/runbook.schema.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
