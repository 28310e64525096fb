package dev.rubicon.backup;

import java.nio.charset.StandardCharsets;

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
        .getBytes(StandardCharsets.UTF_8);
  }

  private static final String TEMPLATE =
      """
      #!/bin/sh
      # Restores the backup of '@target@' of @snapshot@ into a new database.
      #
      #   1. Download this script and @dump@ into one folder.
      #   2. PGHOST=… PGUSER=… PGPASSWORD=… sh restore.sh NEW_DATABASE
      #
      # Needs createdb, pg_restore (@version@ or newer) and sha256sum.
      set -eu
      database=${1:?usage: restore.sh NEW_DATABASE}
      cd "$(dirname "$0")"
      echo "@sha256@  @dump@" | sha256sum -c -
      createdb --template=template0 "$database"
      pg_restore --exit-on-error --jobs=2 --no-subscriptions --dbname="$database" @dump@
      echo "restored into $database"
      """;
}
