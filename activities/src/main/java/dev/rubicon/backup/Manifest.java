package dev.rubicon.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code manifest.json}: written last, so that its existence says that the backup is complete. Rows
 * and fingerprints were read in the snapshot that the dump was made of.
 *
 * @param format of this file; readers refuse what they do not know
 * @param target its name in rubicon.yaml
 * @param snapshotAt when the snapshot was taken, ISO 8601 in UTC
 * @param schemas of the runbook
 * @param catalogFingerprint of those schemas, in the snapshot
 * @param roles that own something or are granted something
 * @param exports as plain SQL, beside the dump and of the same snapshot
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Manifest(
    int format,
    String target,
    String rollout,
    String bundle,
    String snapshotAt,
    String serverVersion,
    String pgDumpVersion,
    DatabaseProperties database,
    Dump dump,
    List<Relation> relations,
    List<Sequence> sequences,
    LargeObjects largeObjects,
    List<String> schemas,
    String catalogFingerprint,
    List<String> roles,
    List<Export> exports) {
  public static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  public Manifest {
    relations =
        relations.stream()
            .sorted(Comparator.comparing(Relation::schema).thenComparing(Relation::name))
            .toList();
    sequences =
        sequences.stream()
            .sorted(Comparator.comparing(Sequence::schema).thenComparing(Sequence::name))
            .toList();
    schemas = List.copyOf(schemas);
    roles = roles.stream().sorted().toList();
    exports = List.copyOf(exports);
  }

  /**
   * How the database was created; a restored one is created alike, where the server can.
   *
   * @param owner role that owns it: who may create in schema {@code public} since PostgreSQL 15
   * @param provider {@code c}, {@code i} or {@code b}, as in pg_database
   * @param locale of the ICU or builtin provider; empty for libc
   * @param connectionLimit -1: none
   * @param comment empty: none
   * @param settings of {@code ALTER DATABASE … SET} and {@code ALTER ROLE … IN DATABASE … SET}
   * @param grants on the database; empty: none were ever given or taken, so the server's default
   */
  public record DatabaseProperties(
      String name,
      String owner,
      String encoding,
      String collate,
      String ctype,
      String provider,
      String locale,
      int connectionLimit,
      String comment,
      List<Setting> settings,
      List<Grant> grants,
      List<Label> labels) {}

  /**
   * @param role empty: for all
   * @param value as PostgreSQL keeps it: what may hold secrets is never worded in a message
   */
  public record Setting(String role, String name, String value) {}

  /**
   * @param role empty: PUBLIC
   */
  public record Grant(String role, String privilege, boolean grantable) {}

  /** A security label. */
  public record Label(String provider, String text) {}

  /**
   * @param sha256 of the object, hex
   */
  public record Dump(String key, long bytes, String sha256) {}

  /**
   * @param of {@code schema}, or the relation whose rows it has
   */
  public record Export(String of, String key, long bytes, String sha256) {}

  /**
   * @param fingerprint order-independent: two sums of 64-bit hashes per row, {@code first/second};
   *     manifests of old have the first only
   */
  public record Relation(String schema, String name, long rows, String fingerprint) {
    /**
     * @param now both sums
     */
    public boolean holdsTheSameAs(Relation now) {
      return rows == now.rows()
          && (fingerprint.contains("/")
              ? fingerprint.equals(now.fingerprint())
              : now.fingerprint().startsWith(fingerprint + "/"));
    }
  }

  /**
   * Positions do not belong to snapshots: the dump holds one that was read between these two.
   *
   * @param before the value that {@code nextval} would have given before the dump began
   * @param after and after it had ended
   */
  public record Sequence(
      String schema, String name, long increment, boolean cycles, long before, long after) {

    /** Whether the dump can have read this position. */
    public boolean allows(long next) {
      if (cycles) {
        return true;
      }
      return Math.min(before, after) <= next && next <= Math.max(before, after);
    }
  }

  public record LargeObjects(long count, String fingerprint) {}

  /** Rows per relation of the runbook's schemas. */
  public Map<String, Long> rowsOfRunbook() {
    var rows = new TreeMap<String, Long>();
    relations.stream()
        .filter(r -> schemas.contains(r.schema()))
        .forEach(r -> rows.put(r.schema() + "." + r.name(), r.rows()));
    return rows;
  }

  public byte[] toJson() {
    try {
      return JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /**
   * @param key for messages
   */
  public static Manifest parse(String key, byte[] json) {
    Manifest manifest;
    try {
      ObjectNode read = JSON.readValue(json, ObjectNode.class);
      // Manifests of old have none.
      read.putIfAbsent("exports", JSON.createArrayNode());
      if (read.get("database") instanceof ObjectNode database) {
        database.putIfAbsent("connectionLimit", JSON.getNodeFactory().numberNode(-1));
        database.putIfAbsent("comment", JSON.getNodeFactory().textNode(""));
        for (String list : List.of("settings", "grants", "labels")) {
          database.putIfAbsent(list, JSON.createArrayNode());
        }
      }
      manifest = JSON.treeToValue(read, Manifest.class);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.BACKUP_CORRUPT,
          key + " is not a manifest",
          "restore an earlier version of the object, or take another backup");
    }
    if (manifest.format() != FORMAT) {
      throw new RubiconException(
          ErrorCode.BACKUP_INVALID,
          key + " has format " + manifest.format() + ", this version reads " + FORMAT,
          "use the version of Rubicon that wrote it, or its restore.sh");
    }
    return manifest;
  }
}
