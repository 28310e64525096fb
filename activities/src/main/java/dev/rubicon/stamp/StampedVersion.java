package dev.rubicon.stamp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A version of the runbook, as its tool keeps it.
 *
 * @param version as the version table has it
 * @param description what the script's name says besides
 * @param script path of the script in the tool's folder
 */
record StampedVersion(
    String version,
    Optional<String> description,
    Optional<String> script,
    Optional<String> checksum) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static List<StampedVersion> of(Bundle bundle, Runbook.Stamp stamp, MigrationTool tool) {
    return stamp.versions().stream().map(version -> of(bundle, stamp, tool, version)).toList();
  }

  /** For SQL: {@code jsonb_to_recordset}. */
  static String json(List<StampedVersion> versions) {
    ArrayNode rows = JSON.createArrayNode();
    for (StampedVersion version : versions) {
      rows.addObject()
          .put("version", version.version())
          .put("description", version.description().orElse(null))
          .put("script", version.script().orElse(null))
          .put("checksum", version.checksum().orElse(null));
    }
    return rows.toString();
  }

  private static StampedVersion of(
      Bundle bundle, Runbook.Stamp stamp, MigrationTool tool, String version) {
    Optional<MigrationTool.Script> script = tool.script();
    if (script.isEmpty() || stamp.folder().isEmpty()) {
      return new StampedVersion(
          tool.order().normal(version), Optional.empty(), Optional.empty(), Optional.empty());
    }
    SortedMap<String, byte[]> files = bundle.folder(stamp.folder().orElseThrow());
    String path =
        tool.scriptOf(version, files.keySet())
            .orElseThrow(() -> invalid(stamp, "there is no migration " + version));
    return new StampedVersion(
        script
            .get()
            .journal()
            .map(journal -> moment(stamp, files.get(journal), version))
            .orElse(version),
        Optional.of(tool.description(version, path)),
        Optional.of(path),
        Optional.of(script.get().checksum().of(files.get(path))));
  }

  /** What the table holds in place of the name. */
  private static String moment(Runbook.Stamp stamp, byte[] journal, String version) {
    try {
      for (JsonNode entry :
          JSON.readTree(new String(journal, StandardCharsets.UTF_8)).path("entries")) {
        if (entry.path("tag").asText().equals(version) && entry.path("when").isIntegralNumber()) {
          return entry.path("when").asText();
        }
      }
    } catch (JsonProcessingException e) {
      throw invalid(stamp, "its journal is no JSON");
    }
    throw invalid(stamp, "its journal has no " + version);
  }

  private static RubiconException invalid(Runbook.Stamp stamp, String what) {
    return new RubiconException(
        ErrorCode.RUNBOOK_INVALID,
        "folder " + stamp.folder().orElse("") + " of the stamp of " + stamp.table() + ": " + what,
        "mend the folder, then: rubicon validate");
  }
}
