package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.SchemaCopy;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What pg_dump says of each schema of the cases, whatever its order. */
final class DumpBySchema {
  private static final Pattern HEADER = Pattern.compile("(?m)^--\n-- (Name: .*)\n--\n");
  private static final Pattern END =
      Pattern.compile("(?s)--\n-- PostgreSQL database dump complete.*");
  private static final Pattern SETTING = Pattern.compile("(?m)^SET default_.*\n");
  private static final Pattern SCHEMA = Pattern.compile("\\bc\\d{3}\\b");

  private DumpBySchema() {}

  /** Nothing of any schema where the pg_dump at hand is older than the server. */
  static Map<String, String> of(Target target) {
    String dump;
    try {
      dump = new SchemaCopy(Optional.empty()).dump(target, CatalogSamples.TAG, Progress.NONE);
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.PG_DUMP_TOO_OLD) {
        throw e;
      }
      System.out.println("not run: comparison by pg_dump, which is older than the server");
      return Map.of();
    }
    dump = END.matcher(dump).replaceFirst("");
    var blocks = new TreeMap<String, TreeMap<String, String>>();
    Matcher header = HEADER.matcher(dump);
    String name = null;
    int start = 0;
    while (header.find()) {
      put(blocks, name, dump.substring(start, header.start()));
      name = header.group(1);
      start = header.end();
    }
    put(blocks, name, dump.substring(start));
    var texts = new TreeMap<String, String>();
    blocks.forEach((schema, parts) -> texts.put(schema, String.join("\n", parts.values())));
    return texts;
  }

  private static void put(
      TreeMap<String, TreeMap<String, String>> blocks, String name, String text) {
    if (name == null) {
      return;
    }
    Matcher schema = SCHEMA.matcher(name);
    String last = "";
    while (schema.find()) {
      last = schema.group();
    }
    String key = last;
    blocks
        .computeIfAbsent(key, ignored -> new TreeMap<>())
        .merge(name, SETTING.matcher(text).replaceAll("").strip(), (a, b) -> a + "\n" + b);
  }
}
