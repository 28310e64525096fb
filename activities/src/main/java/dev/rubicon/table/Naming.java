package dev.rubicon.table;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How names in a runbook are read, and what the engine's own objects are called. */
public final class Naming {
  private Naming() {}

  /** Names in expressions and invariants are looked up in the runbook's schemas, then in public. */
  public static String searchPath(Runbook runbook) {
    var path = new LinkedHashSet<String>();
    runbook.schemas().forEach(schema -> path.add(Identifiers.quote(schema)));
    path.add("public");
    return String.join(", ", path);
  }

  /** From now on the session reads names in the owner's SQL as migrations and transitions do. */
  public static void resolve(PgSession session, Runbook runbook) {
    settings(runbook).forEach(setting -> session.execute("SET " + setting));
  }

  /** The same until the caller's transaction ends. */
  public static void resolveLocally(PgSession session, Runbook runbook) {
    settings(runbook).forEach(setting -> session.execute("SET LOCAL " + setting));
  }

  /** What the owner's SQL finds set, as {@code SET} takes it. */
  public static List<String> settings(Runbook runbook) {
    var settings = new ArrayList<String>();
    settings.add("search_path = " + searchPath(runbook) + ", pg_catalog");
    timeseries(runbook).ifPresent(settings::add);
    return settings;
  }

  /** Which form the runbook's SQL gives to tables of rows over time, as {@code SET} takes it. */
  public static Optional<String> timeseries(Runbook runbook) {
    return runbook
        .timeseries()
        .map(form -> "rubicon.timeseries = '" + form.name().toLowerCase(Locale.ROOT) + "'");
  }

  /** A column's name as SQL reads it. */
  public static String column(String text) {
    List<String> parts = Identifiers.split(text);
    if (parts.size() != 1) {
      throw unsupported(
          text + " is no column name", "write the bare name, quoted if it needs quotes");
    }
    return parts.getFirst();
  }

  /** Of a relation; short, stable, safe in names of functions and settings. */
  public static String id(RelationName relation) {
    String plain = relation.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(relation.sql().getBytes(StandardCharsets.UTF_8));
      return (plain.length() > 20 ? plain.substring(0, 20) : plain)
          + "_"
          + HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** TRANSITION_UNSUPPORTED. */
  public static RubiconException unsupported(String cause, String next) {
    return new RubiconException(ErrorCode.TRANSITION_UNSUPPORTED, cause, next);
  }
}
