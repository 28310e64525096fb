package dev.rubicon.preflight.trial;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.file.NoTransaction;
import dev.rubicon.preflight.scratch.SqlScript;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The expand folder's migrations in the order of their versions, each with its undo. */
record MigrationFiles(List<Migration> migrations) {
  private static final Pattern NAME = Pattern.compile("([VU])(\\d+(?:[._]\\d+)*)__.*\\.sql");

  /**
   * @param undo empty where the migration says that it is irreversible
   */
  record Migration(String version, SqlFile up, Optional<SqlFile> undo) {}

  record SqlFile(String path, String text) {
    List<SqlScript.Statement> statements() {
      return SqlScript.split(path, text);
    }

    boolean inTransactions() {
      return NoTransaction.reason(text).isEmpty();
    }
  }

  static MigrationFiles of(Bundle bundle) {
    String folder = bundle.runbook().expand().migrations().orElse("expand");
    SortedMap<String, byte[]> files = bundle.migrations();
    var ups = new ArrayList<Map.Entry<String, SqlFile>>();
    var undos = new java.util.HashMap<String, SqlFile>();
    files.forEach(
        (name, content) -> {
          Matcher matcher = NAME.matcher(name);
          if (matcher.matches()) {
            var file =
                new SqlFile(
                    folder.replaceAll("/+$", "") + "/" + name,
                    new String(content, StandardCharsets.UTF_8));
            String version = matcher.group(2).replace('_', '.');
            if (matcher.group(1).equals("V")) {
              ups.add(Map.entry(version, file));
            } else {
              undos.put(version, file);
            }
          }
        });
    ups.sort(Map.Entry.comparingByKey(MigrationFiles::compare));
    return new MigrationFiles(
        ups.stream()
            .map(
                up ->
                    new Migration(
                        up.getKey(), up.getValue(), Optional.ofNullable(undos.get(up.getKey()))))
            .toList());
  }

  /** Whether every migration can be taken back. */
  boolean reversible() {
    return migrations.stream().allMatch(migration -> migration.undo().isPresent());
  }

  /** As Flyway compares: part by part, as numbers. */
  private static int compare(String one, String other) {
    List<BigInteger> left = parts(one);
    List<BigInteger> right = parts(other);
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      BigInteger a = i < left.size() ? left.get(i) : BigInteger.ZERO;
      BigInteger b = i < right.size() ? right.get(i) : BigInteger.ZERO;
      int order = Comparator.<BigInteger>naturalOrder().compare(a, b);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static List<BigInteger> parts(String version) {
    return java.util.stream.Stream.of(version.split("\\.")).map(BigInteger::new).toList();
  }
}
