package dev.rubicon.doctor;

import static java.util.stream.Collectors.joining;

import dev.rubicon.backup.DatabaseReader;
import dev.rubicon.backup.Manifest.DatabaseProperties;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.golden.StagingRoles;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a target's database asks of the staging server: a plan's scratch database has its extensions
 * and grants, a clone its encoding, locale and owners besides.
 *
 * @param roles that own something or are granted something
 * @param extensions name to version
 * @param tablespaces in which something of it is
 */
record StagingNeeds(
    DatabaseProperties database,
    List<String> roles,
    Map<String, String> extensions,
    List<String> tablespaces) {
  private static final String EXTENSIONS =
      "SELECT extname, extversion FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'";

  private static final String TABLESPACES =
      """
      SELECT t.spcname FROM pg_catalog.pg_tablespace t
       WHERE t.spcname NOT IN ('pg_default', 'pg_global')
         AND (t.oid = (SELECT dattablespace FROM pg_catalog.pg_database
                        WHERE datname = pg_catalog.current_database())
              OR t.oid IN (SELECT reltablespace FROM pg_catalog.pg_class))
       ORDER BY 1
      """;

  /** Of each extension: what CREATE EXTENSION installs there, and who may. */
  private static final String AVAILABLE =
      """
      SELECT a.name, a.default_version,
             v.superuser AND NOT v.trusted AND NOT me.rolsuper AS refused
        FROM pg_catalog.pg_available_extensions a
        JOIN pg_catalog.pg_available_extension_versions v
          ON v.name = a.name AND v.version = a.default_version
        JOIN pg_catalog.pg_roles me ON me.rolname = current_user
       WHERE a.name = ANY (?)
      """;

  /**
   * A locale is spelled as the operating system likes, {@code de_DE.utf8} or {@code de_DE.UTF-8}.
   */
  private static final String LOCALE =
      """
      SELECT ? IN ('C', 'POSIX') OR EXISTS (
               SELECT FROM (SELECT collcollate AS spelled FROM pg_catalog.pg_collation
                             WHERE collprovider = 'c'
                            UNION ALL SELECT datcollate FROM pg_catalog.pg_database) known
                WHERE replace(lower(spelled), '-', '') = replace(lower(?), '-', ''))
      """;

  /** Whether a database of that encoding can have template0's locale. */
  private static final String FITS_TEMPLATE =
      """
      SELECT datcollate IN ('C', 'POSIX') OR pg_catalog.pg_encoding_to_char(encoding) = ?
        FROM pg_catalog.pg_database WHERE datname = 'template0'
      """;

  private record Available(String version, boolean refused) {}

  static StagingNeeds of(PgSession target) {
    var extensions = new TreeMap<String, String>();
    target
        .query(EXTENSIONS, row -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(each -> extensions.put(each.getKey(), each.getValue()));
    return new StagingNeeds(
        DatabaseReader.properties(target),
        DatabaseReader.roles(target),
        extensions,
        target.query(TABLESPACES, row -> row.getString(1)));
  }

  /**
   * @param key the target's name
   * @param clones whether a clone is made of its backup
   */
  void examine(String key, PgSession staging, boolean clones, Examination found) {
    String name = "staging: ";
    String of = " of " + key;
    found.check(name + "extensions" + of, () -> extensions(staging));
    lesserExtensions(staging, name + "extensions" + of).ifPresent(found::add);
    tablespaces(staging, name + "tablespaces" + of).ifPresent(found::add);
    if (clones) {
      found.check(name + "roles" + of, () -> roles(staging));
      found.check(name + "encoding" + of, () -> encoding(staging));
      locale(staging, name + "locale" + of).ifPresent(found::add);
    }
  }

  private String extensions(PgSession staging) {
    Map<String, Available> available = available(staging);
    List<String> absent =
        extensions.keySet().stream().filter(each -> !available.containsKey(each)).toList();
    if (!absent.isEmpty()) {
      throw lacks(
          "staging's server does not have the extension " + String.join(", ", absent),
          "install on staging's host the packages that bring "
              + String.join(", ", absent)
              + "; see pg_available_extensions there");
    }
    List<String> refused =
        extensions.keySet().stream().filter(each -> available.get(each).refused()).toList();
    if (!refused.isEmpty()) {
      throw new RubiconException(
          ErrorCode.PRIVILEGE_MISSING,
          "on staging only a superuser may create the extension " + String.join(", ", refused),
          "write 'trusted = true' into "
              + refused.stream().map(each -> each + ".control").collect(joining(", "))
              + " on staging's host, in the folder extension of pg_config --sharedir; or give"
              + " staging a server of its own, where its role is a superuser");
    }
    return extensions.isEmpty()
        ? "the target has none"
        : "staging can create " + String.join(", ", extensions.keySet());
  }

  /** pg_dump names no version, so the clone has the one that its server installs. */
  private Optional<Diagnosis> lesserExtensions(PgSession staging, String name) {
    Map<String, Available> available = available(staging);
    List<String> other =
        extensions.entrySet().stream()
            .filter(each -> available.containsKey(each.getKey()))
            .filter(each -> !available.get(each.getKey()).version().equals(each.getValue()))
            .map(
                each ->
                    each.getKey()
                        + " "
                        + available.get(each.getKey()).version()
                        + ", the target has "
                        + each.getValue())
            .toList();
    return other.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Diagnosis.warning(
                name,
                "staging installs " + String.join("; ", other),
                "install the same version on both hosts, then on the older one: ALTER EXTENSION …"
                    + " UPDATE"));
  }

  private Map<String, Available> available(PgSession staging) {
    var available = new TreeMap<String, Available>();
    staging
        .query(
            AVAILABLE,
            row ->
                Map.entry(
                    row.getString(1), new Available(row.getString(2), row.getBoolean("refused"))),
            (Object) extensions.keySet().toArray(String[]::new))
        .forEach(each -> available.put(each.getKey(), each.getValue()));
    return available;
  }

  private Optional<Diagnosis> tablespaces(PgSession staging, String name) {
    List<String> there =
        staging.query("SELECT spcname FROM pg_catalog.pg_tablespace", row -> row.getString(1));
    List<String> absent = tablespaces.stream().filter(each -> !there.contains(each)).toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Diagnosis.warning(
                name,
                "staging has no tablespace "
                    + String.join(", ", absent)
                    + ": clones are in its default one, and a migration that names it fails there",
                "if a migration names it, as a superuser of staging: "
                    + absent.stream()
                        .map(
                            each ->
                                "CREATE TABLESPACE "
                                    + Identifiers.quote(each)
                                    + " LOCATION '/…'; GRANT CREATE ON TABLESPACE "
                                    + Identifiers.quote(each)
                                    + " TO "
                                    + me(staging)
                                    + ";")
                        .collect(joining(" "))));
  }

  private String roles(PgSession staging) {
    StagingRoles.Lacking lacking = StagingRoles.lacking(staging, roles);
    if (lacking.any()) {
      List<String> statements = new ArrayList<>();
      lacking
          .toCreate()
          .forEach(role -> statements.add("CREATE ROLE " + Identifiers.quote(role) + " NOLOGIN;"));
      statements.add(
          "GRANT "
              + lacking.toGrant().stream().map(Identifiers::quote).collect(joining(", "))
              + " TO "
              + me(staging)
              + ";");
      throw new RubiconException(
          ErrorCode.PRIVILEGE_MISSING,
          "a clone restores owners and grants, and staging's role cannot act as "
              + String.join(", ", lacking.toGrant()),
          "as a superuser of staging: " + String.join(" ", statements));
    }
    return "staging's role can act as everybody who owns or is granted something";
  }

  private String encoding(PgSession staging) {
    // Scratch databases are UTF-8 with template0's locale; so is a clone whose locale is absent.
    requireFits(staging, "UTF8");
    if (!hasLocale(staging)) {
      requireFits(staging, database.encoding());
    }
    return database.encoding();
  }

  private void requireFits(PgSession staging, String encoding) {
    if (staging.value(FITS_TEMPLATE, encoding).equals("f")) {
      throw lacks(
          "staging's template0 has a locale that goes with no database in " + encoding,
          "give staging a server that was made with: initdb --encoding=UTF8 --locale=C.UTF-8, on a"
              + " host that has the locale "
              + database.collate());
    }
  }

  private boolean hasLocale(PgSession staging) {
    int major = Integer.parseInt(staging.value("SHOW server_version_num")) / 10_000;
    return switch (database.provider()) {
      case "i" ->
          major >= 15
              && staging
                  .value(
                      "SELECT EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collprovider ="
                          + " 'i')")
                  .equals("t");
      case "b" -> major >= 17;
      default ->
          staging.value(LOCALE, database.collate(), database.collate()).equals("t")
              && staging.value(LOCALE, database.ctype(), database.ctype()).equals("t");
    };
  }

  private Optional<Diagnosis> locale(PgSession staging, String name) {
    if (hasLocale(staging)) {
      return Optional.empty();
    }
    String locale =
        switch (database.provider()) {
          case "i" -> "provider ICU, " + database.locale();
          case "b" -> "the builtin provider, " + database.locale();
          default -> database.collate();
        };
    return Optional.of(
        Diagnosis.warning(
            name,
            "staging lacks the target's locale ("
                + locale
                + "): text sorts there by another, and a rehearsal's indexes with it",
            database.provider().equals("c")
                ? "on staging's host: locale-gen "
                    + database.collate()
                    + ", restart PostgreSQL, and in it: SELECT"
                    + " pg_import_system_collations('pg_catalog')"
                : "give staging the target's major version and build of PostgreSQL"));
  }

  private static RubiconException lacks(String cause, String next) {
    return new RubiconException(ErrorCode.STAGING_LACKS, cause, next + "; then: rubicon doctor");
  }

  private static String me(PgSession session) {
    return Identifiers.quote(session.value("SELECT current_user"));
  }
}
