package dev.rubicon.backup;

import dev.rubicon.postgres.Identifiers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** {@code restore.sh}: the way back without Rubicon, with standard tools only. */
final class RestoreScript {
  private RestoreScript() {}

  static byte[] of(Manifest manifest) {
    String name = manifest.dump().key().substring(manifest.dump().key().lastIndexOf('/') + 1);
    return TEMPLATE
        .replace("@target@", manifest.target().replaceAll("[^\\w.-]", "_"))
        .replace("@snapshot@", manifest.snapshotAt())
        .replace("@dump@", name)
        .replace("@sha256@", manifest.dump().sha256())
        .replace("@version@", manifest.pgDumpVersion())
        .replace("@encoding@", quoted(manifest.database().encoding()))
        .replace("@collate@", quoted(manifest.database().collate()))
        .replace("@ctype@", quoted(manifest.database().ctype()))
        // Last, and the end of what psql reads is nothing that they could hold: a comment is
        // whatever somebody wrote.
        .replace("@end@", "end-" + manifest.dump().sha256())
        .replace("@owner@", owner(manifest.database().owner()))
        .replace("@properties@", properties(manifest.database()))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String owner(String owner) {
    return "ALTER DATABASE " + DATABASE + " OWNER TO " + Identifiers.quote(owner) + ";";
  }

  private static String properties(Manifest.DatabaseProperties like) {
    return PropertyStatements.all(like, DATABASE).stream()
        .map(statement -> statement.sql() + ";\n")
        .collect(Collectors.joining());
  }

  /** For the shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** What psql replaces with the quoted name; it replaces nothing within quotes. */
  private static final String DATABASE = ":\"database\"";

  private static final String TEMPLATE =
      """
      #!/bin/sh
      # Restores the backup of '@target@' of @snapshot@ into a new database.
      #
      #   1. Download this script and @dump@ into one folder.
      #   2. PGHOST=… PGUSER=… PGPASSWORD=… sh restore.sh NEW_DATABASE
      #
      # Needs createdb, psql, pg_restore (@version@ or newer) and sha256sum.
      set -eu
      database=${1:?usage: restore.sh NEW_DATABASE}
      cd "$(dirname "$0")"
      echo "@sha256@  @dump@" | sha256sum -c -
      createdb --template=template0 --encoding=@encoding@ --lc-collate=@collate@ --lc-ctype=@ctype@ "$database" || {
        echo "without that locale: text will sort as this server's default has it" >&2
        createdb --template=template0 --encoding=@encoding@ "$database"
      }
      # Who owns it may create in schema public.
      psql --no-psqlrc --quiet --set=database="$database" --dbname="$database" <<'@end@'
      @owner@
      @end@
      pg_restore --exit-on-error --jobs=2 --no-subscriptions --dbname="$database" @dump@
      # What pg_dump leaves out. Each is made by itself; what is refused is said, and is all that is missing.
      psql --no-psqlrc --quiet --set=database="$database" --dbname="$database" <<'@end@'
      SET standard_conforming_strings = on;
      @properties@
      @end@
      echo "restored into $database"
      """;
}
