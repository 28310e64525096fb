package dev.rubicon.stamp;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.migrationtool.MigrationTool.State;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a migration tool says of the database.
 *
 * @param tool as runbooks call it
 * @param title for people
 * @param readable whether this role may read it in time, and as the tool would
 * @param migrations in the order in which they were applied
 * @param held what to do about the tool's lock, where it is held
 */
public record VersionTable(
    String tool,
    String title,
    String table,
    boolean readable,
    List<Migration> migrations,
    Optional<String> held) {
  /** Tables in which the owner's migration tools keep their versions. */
  public static final EvidenceName<List<VersionTable>> EVIDENCE =
      EvidenceName.ofList("version-tables", VersionTable.class);

  /**
   * @param at when it was applied, or begun; empty where the tool does not keep it
   * @param checksum of its script, as the tool keeps it
   * @param remedy what to do about it where it is neither applied nor taken back
   */
  public record Migration(
      String version,
      Optional<String> at,
      State state,
      Optional<String> checksum,
      Optional<String> remedy) {
    /** Whether its owner has to look at it. */
    boolean broken() {
      return state == State.FAILED || state == State.HALF_APPLIED;
    }
  }

  public VersionTable {
    migrations = List.copyOf(migrations);
  }

  /** Those that are applied, oldest first. */
  List<Migration> applied() {
    return migrations.stream().filter(migration -> migration.state() == State.APPLIED).toList();
  }

  /** Those that are neither applied nor taken back. */
  public List<Migration> broken() {
    return migrations.stream().filter(Migration::broken).toList();
  }

  /** What has to be done before the tool goes on. */
  public List<String> remedies() {
    return Stream.concat(
            broken().stream()
                .map(
                    migration ->
                        migration.version()
                            + ": "
                            + migration.remedy().orElse("see what of it stands")),
            held.stream())
        .toList();
  }

  /** One line for people. */
  public String line() {
    String whose = "migrations of " + title + " in " + table + ": ";
    if (!readable) {
      return whose + "not readable";
    }
    List<Migration> applied = applied();
    return whose
        + Stream.of(
                Optional.of(applied.size() + " applied"),
                applied.isEmpty()
                    ? Optional.<String>empty()
                    : Optional.of(
                        "last "
                            + applied.getLast().version()
                            + applied.getLast().at().map(at -> " of " + at).orElse("")),
                count(State.FAILED, "failed"),
                count(State.HALF_APPLIED, "half-applied"),
                count(State.ROLLED_BACK, "rolled back"),
                held.map(_ -> "its lock is held"))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
  }

  private Optional<String> count(State state, String word) {
    long count = migrations.stream().filter(migration -> migration.state() == state).count();
    return count == 0 ? Optional.empty() : Optional.of(count + " " + word);
  }
}
