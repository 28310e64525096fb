package dev.rubicon.backup;

/** Where a rollout's backup lies in the object store. */
public record BackupKeys(String prefix) {
  public static BackupKeys of(String target, String rollout) {
    return new BackupKeys("backups/" + target + "/" + rollout + "/");
  }

  public String manifest() {
    return prefix + "manifest.json";
  }

  public String script() {
    return prefix + "restore.sh";
  }

  /**
   * Each attempt has an object of its own: one that was thought dead cannot overwrite what another
   * one's manifest describes.
   */
  public String dump(String attempt) {
    return prefix + "dump-" + attempt + ".pgc";
  }

  /**
   * @param name {@code schema}, or the relation
   */
  public String export(String name, String attempt) {
    return prefix + "exports/" + name.replaceAll("[^\\w.-]", "_") + "-" + attempt + ".sql";
  }
}
