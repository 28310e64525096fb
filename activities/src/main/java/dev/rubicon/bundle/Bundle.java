package dev.rubicon.bundle;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.partition.PartitionFunctions;
import dev.rubicon.runbook.Runbook;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A runbook folder, content-addressed.
 *
 * @param digest SHA-256 over paths and contents, hex
 * @param files path relative to the folder, {@code /}-separated, to content
 */
public record Bundle(String digest, Runbook runbook, SortedMap<String, byte[]> files) {
  /** How the migration is called that comes of the section of that name. */
  private static final String PARTITIONS = "__partition_functions.sql";

  public Bundle {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The text of a file that the runbook names. */
  public String text(String path) {
    byte[] content = files.get(path);
    if (content == null) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID, "the bundle has no file " + path, "rubicon validate");
    }
    return new String(content, StandardCharsets.UTF_8);
  }

  /**
   * What canonical is built from: the runbook's files, and what the rollout itself leaves for the
   * owner; path, for error messages, to text, in the order in which they are applied.
   */
  public Map<String, String> canonical() {
    var texts = new LinkedHashMap<String, String>();
    runbook.canonical().sql().forEach(path -> texts.put(path, text(path)));
    if (!runbook.partitions().isEmpty()) {
      texts.put(PARTITIONS, PartitionFunctions.create(runbook.partitions()));
    }
    return Collections.unmodifiableMap(texts);
  }

  /**
   * The expand migrations, by their names: the folder's, and behind them what the runbook's
   * sections amount to.
   */
  public SortedMap<String, byte[]> migrations() {
    var migrations = new TreeMap<String, byte[]>();
    runbook.expand().migrations().ifPresent(folder -> migrations.putAll(folder(folder)));
    if (!runbook.partitions().isEmpty()) {
      String name = MigrationFiles.last(migrations.keySet()).add(BigInteger.ONE) + PARTITIONS;
      migrations.put("V" + name, bytes(PartitionFunctions.create(runbook.partitions())));
      migrations.put("U" + name, bytes(PartitionFunctions.drop(runbook.partitions())));
    }
    return migrations;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The files below a folder, in order of their paths; keys are relative to the folder. */
  public SortedMap<String, byte[]> folder(String path) {
    String prefix = path.endsWith("/") ? path : path + "/";
    var inside = new TreeMap<String, byte[]>();
    for (Map.Entry<String, byte[]> file : files.tailMap(prefix).entrySet()) {
      if (!file.getKey().startsWith(prefix)) {
        break;
      }
      inside.put(file.getKey().substring(prefix.length()), file.getValue());
    }
    return inside;
  }
}
