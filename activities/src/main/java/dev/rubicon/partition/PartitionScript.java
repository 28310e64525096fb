package dev.rubicon.partition;

import dev.rubicon.runbook.Runbook;

/**
 * The functions as one file that psql runs by itself, in one transaction; running it again is no
 * harm.
 */
public final class PartitionScript {
  private static final String HEAD =
      """
      -- Partitions of runbook %s, bundle %s.
      -- Written by: rubicon export-partitions. Run it: psql -X -f FILE DATABASE, as who owns the relations.
      -- Needs PostgreSQL 14 or later and nothing else; a second run replaces the functions by themselves.
      -- Then, once a day or so:
      --   SELECT public.events_ensure_partitions();     makes what is missing ahead of now
      --   SELECT public.events_detach_older_than();     detaches what is older than the section's keep
      --   SELECT public.events_detach_statements() \\gexec   the same in psql, while clients go on
      --   SELECT public.events_drop_detached();         drops what was detached long ago
      \\set ON_ERROR_STOP on
      BEGIN;
      SET LOCAL lock_timeout = '2s';

      """;

  private PartitionScript() {}

  /**
   * @param bundle its digest
   */
  public static String of(Runbook runbook, String bundle) {
    return HEAD.formatted(runbook.name(), bundle)
        + PartitionFunctions.createOrReplace(runbook.partitions())
        + "COMMIT;\n";
  }
}
