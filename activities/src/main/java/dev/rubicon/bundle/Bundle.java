package dev.rubicon.bundle;

import dev.rubicon.bundle.file.MigrationFiles;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
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
    SectionSql.of(runbook).forEach(section -> texts.put(section.name(), section.canonical()));
    return Collections.unmodifiableMap(texts);
  }

  /**
   * The expand migrations, by their names: the folder's, and behind them what the runbook's
   * sections amount to.
   */
  public SortedMap<String, byte[]> migrations() {
    var migrations = new TreeMap<String, byte[]>();
    runbook.expand().migrations().ifPresent(folder -> migrations.putAll(folder(folder)));
    BigInteger version = MigrationFiles.last(migrations.keySet());
    for (SectionSql section : SectionSql.of(runbook)) {
      version = version.add(BigInteger.ONE);
      migrations.put("V" + version + section.name(), bytes(section.up()));
      migrations.put("U" + version + section.name(), bytes(section.undo()));
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
