package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.shape.RunbookShape;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.YamlFile;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a test's {@code runbook.yaml} says, read as production reads it. Values are written in JSON,
 * which YAML holds: quotes and line ends of SQL need no care there.
 */
public final class RunbookText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CANONICAL = "canonical.sql";

  /** A test asks for its runbook at each phase, and tests of a class have the same. */
  private static final Map<String, Runbook> READ = new ConcurrentHashMap<>();

  private RunbookText() {}

  /**
   * @param parts the text after {@code rubicon}, {@code name}, {@code title} and {@code canonical}
   * @param files of the runbook's folder
   */
  public static Runbook read(String parts, Map<String, byte[]> files) {
    var folder = folder(parts, files);
    return READ.computeIfAbsent(
        BundleDigest.of(folder), _ -> RunbookReader.read(folder, "").runbook());
  }

  /** What the reader makes of a text that it refuses: the engine has to cope with it by itself. */
  public static Runbook readThoughRefused(String parts, Map<String, byte[]> files) {
    var folder = folder(parts, files);
    assertThatThrownBy(() -> RunbookReader.read(folder, ""))
        .as(parts)
        .isInstanceOf(RubiconException.class);
    var reading = new Reading(ErrorCode.RUNBOOK_INVALID, "", new TreeSet<>(folder.keySet()));
    return YamlFile.parse(folder.get(RunbookReader.FILE), reading)
        .flatMap(root -> RunbookShape.runbook().decode(root, reading))
        .orElseThrow();
  }

  private static SortedMap<String, byte[]> folder(String parts, Map<String, byte[]> files) {
    var folder = new TreeMap<>(files);
    String head =
        """
        rubicon: 1
        name: test
        title: Test
        canonical: {sql: [%s]}
        """
            .formatted(CANONICAL);
    folder.put(RunbookReader.FILE, (head + parts).getBytes(StandardCharsets.UTF_8));
    folder.put(CANONICAL, "SELECT 1;\n".getBytes(StandardCharsets.UTF_8));
    return folder;
  }

  /** A list of names of schemas as {@code schemas} has it: quoted as in SQL where they need it. */
  public static String names(List<String> names) {
    return value(names.stream().map(Identifiers::quote).toList());
  }

  public static String transition(Runbook.Transition transition) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("relation", transition.relation());
    keys.put("kind", word(transition.kind()));
    transition
        .shadow()
        .ifPresent(
            shadow -> {
              keys.put("to", shadow.to());
              shadow.builtAs().ifPresent(name -> keys.put("built-as", name));
              keys.put("legacy-name", word(shadow.legacyName()));
              shadow.rows().ifPresent(rows -> keys.put("rows", rows));
              shadow.canonicalRows().ifPresent(rows -> keys.put("canonical-rows", rows));
              keys.put("part-of", word(shadow.partOf()));
            });
    keys.put(
        "foreign-keys",
        transition.shadow().map(Shadow::foreignKeys).orElse(transition.foreignKeys()).stream()
            .map(key -> Map.of("name", key.name(), "sql", key.sql()))
            .toList());
    keys.put("columns", transition.columns().stream().map(RunbookText::column).toList());
    return value(keys);
  }

  private static Map<String, Object> column(ColumnMapping column) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", column.name());
    if (!column.type().isEmpty()) {
      keys.put("type", column.type());
    }
    column.up().ifPresent(up -> keys.put("up", up));
    if (!column.down().isEmpty()) {
      keys.put("down", column.down());
    }
    column.irreversible().ifPresent(reason -> keys.put("irreversible", reason));
    column.defaultExpression().ifPresent(sql -> keys.put("default", sql));
    if (!column.nullable()) {
      keys.put("nullable", false);
    }
    column.check().ifPresent(check -> keys.put("check", check));
    column.comment().ifPresent(comment -> keys.put("comment", comment));
    return keys;
  }

  public static String legacy(LegacyColumn column) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("relation", column.relation());
    keys.put("column", column.column());
    keys.put("action", word(column.action()));
    column.reason().ifPresent(reason -> keys.put("reason", reason));
    return value(keys);
  }

  public static String legacy(LegacyRelation relation) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("relation", relation.relation());
    keys.put("action", word(relation.action()));
    relation.reason().ifPresent(reason -> keys.put("reason", reason));
    if (!relation.reconcile().isEmpty()) {
      keys.put(
          "reconcile",
          relation.reconcile().stream()
              .map(check -> Map.of("name", check.name(), "sql", check.sql()))
              .toList());
    }
    keys.put("reads", word(relation.reads()));
    return value(keys);
  }

  /** What has a name and SQL: an invariant, an index. */
  public static String named(String name, String sql) {
    return value(Map.of("name", name, "sql", sql));
  }

  /** A list of values that are text already. */
  public static String list(List<String> values) {
    return values.stream().collect(Collectors.joining(",\n  ", "[", "]"));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String value(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
