package dev.rubicon.drift;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An inventory in a file: sorted entries as JSON, with the SHA-256 of their meaning. It is kept in
 * git, and compared with later.
 *
 * @param fingerprint of the snapshot
 * @param schemas that it holds
 */
public record Baseline(String fingerprint, List<String> schemas, CatalogSnapshot snapshot) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public static Baseline of(CatalogSnapshot snapshot, List<String> schemas) {
    return new Baseline(snapshot.fingerprint(), List.copyOf(schemas), snapshot);
  }

  /** The same for equal schemas, byte by byte. */
  public String json() {
    var root = JSON.createObjectNode();
    root.put("fingerprint", fingerprint);
    root.set("schemas", JSON.valueToTree(schemas.stream().sorted().toList()));
    root.set("entries", JSON.valueToTree(snapshot.entries()));
    try {
      return JSON.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a snapshot is not writable as JSON", e);
    }
  }

  /**
   * @throws RubiconException USAGE where the file is none, or was changed by hand
   */
  public static Baseline read(Path file) {
    CatalogSnapshot snapshot;
    String fingerprint;
    List<String> schemas;
    try {
      JsonNode root = JSON.readTree(Files.readString(file));
      fingerprint = root.path("fingerprint").asText();
      schemas =
          JSON.convertValue(
              root.path("schemas"),
              JSON.getTypeFactory().constructCollectionType(List.class, String.class));
      snapshot = JSON.treeToValue(root, CatalogSnapshot.class);
    } catch (IOException | IllegalArgumentException | NullPointerException e) {
      throw none(file, e.getClass().getSimpleName(), e);
    }
    // What an empty file and the word null are read as.
    if (snapshot == null || schemas == null) {
      throw none(file, "it holds no entries", null);
    }
    if (!snapshot.fingerprint().equals(fingerprint)) {
      throw new RubiconException(
          ErrorCode.USAGE,
          file + " was changed since it was written: its entries have another fingerprint",
          "take it from version control again, or write a new one: rubicon drift --save FILE");
    }
    return new Baseline(fingerprint, schemas, snapshot);
  }

  private static RubiconException none(Path file, String why, Exception cause) {
    return new RubiconException(
        ErrorCode.USAGE,
        file + " is no inventory: " + why,
        "write one: rubicon drift --save FILE",
        cause);
  }
}
