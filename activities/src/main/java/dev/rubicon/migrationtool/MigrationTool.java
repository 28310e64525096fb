package dev.rubicon.migrationtool;

import dev.rubicon.postgres.RelationName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A migration tool, and the table in which it keeps its versions. {@code {table}} in its SQL is
 * that table, quoted.
 *
 * @param name in a runbook
 * @param title for people
 * @param usual where the table is, unless the tool is told otherwise
 * @param columns that the table has
 * @param also columns that some versions of the tool add
 * @param open whether other columns are nothing to wonder at
 * @param named whether the columns alone say too little: the table must have its usual name
 * @param single whether the table holds nothing but the current version
 * @param beside a table of the same schema by which the tool is told from others
 * @param create the statements by which the tool makes its table; empty where nothing stamps it
 * @param history query for version, moment, state ({@link State}) and checksum of each migration,
 *     in the order in which they were applied
 * @param failed what to do with a migration that failed
 * @param halfApplied what to do with a migration of which nobody knows how far it came
 * @param order of versions
 * @param version what a version looks like
 * @param key columns by which a row that was stamped is found again
 * @param script the file of a version
 * @param lock by which the tool keeps a second run out
 * @param stamp INSERT out of {@code stamp (ordinal, version, description, script, checksum)}; empty
 *     where the tool keeps more than its table
 * @param baseline the same for one version that stands for all up to it, without their scripts
 */
public record MigrationTool(
    String name,
    String title,
    RelationName usual,
    Set<String> columns,
    Set<String> also,
    boolean open,
    boolean named,
    boolean single,
    Optional<String> beside,
    Optional<String> create,
    String history,
    Optional<String> failed,
    Optional<String> halfApplied,
    Order order,
    Optional<Pattern> version,
    List<String> key,
    Optional<Script> script,
    Optional<Lock> lock,
    Optional<String> stamp,
    Optional<String> baseline) {

  /** Fewer columns than these are another table's as well: then there may be no others. */
  private static final int TELLING = 5;

  /** State of a migration. */
  public enum State {
    APPLIED,
    FAILED,
    /** Nobody knows how far it came. */
    HALF_APPLIED,
    ROLLED_BACK
  }

  /**
   * @param path regular expression within the tool's folder; {@code {version}} is the version, a
   *     group {@code description} what else the name says
   * @param checksum what the tool remembers of it
   * @param journal file of that folder with {@code entries} of {@code tag} and {@code when}: the
   *     tool's table holds the latter instead of the version
   */
  public record Script(String path, Checksum checksum, Optional<String> journal) {}

  /**
   * @param beside the lock's table, in the same schema; {@code {table}} in {@code held}
   * @param held query that has a row while it is held
   * @param free what to do when nobody holds it any more
   */
  public record Lock(String beside, String held, String free) {}

  /** Whether a table is this tool's. */
  public boolean recognises(RelationName table, Set<String> found, Set<RelationName> tables) {
    return found.containsAll(columns)
        && (columns.size() >= TELLING || other(found).isEmpty())
        && (!named || table.name().equals(usual.name()))
        && beside.stream()
            .allMatch(name -> tables.contains(new RelationName(table.schema(), name)));
  }

  /** Columns that a stamp would know nothing of. */
  public Set<String> other(Set<String> found) {
    var other = new TreeSet<>(found);
    other.removeAll(columns);
    other.removeAll(also);
    return open ? Set.of() : other;
  }

  /** Columns that a stamp would write, and which are not there. */
  public Set<String> missing(Set<String> found) {
    var missing = new TreeSet<>(columns);
    missing.removeAll(found);
    return missing;
  }

  /** The path of a version's script among others of the tool's folder. */
  public Optional<String> scriptOf(String version, Collection<String> paths) {
    Pattern pattern = scriptPattern(version);
    return paths.stream().filter(path -> pattern.matcher(path).matches()).findFirst();
  }

  /** What the name of a version's script says besides the version. */
  public String description(String version, String path) {
    Pattern pattern = scriptPattern(version);
    var matcher = pattern.matcher(path);
    return matcher.matches() && pattern.namedGroups().containsKey("description")
        ? matcher.group("description").replace('_', ' ')
        : "";
  }

  /** In the name of a file, {@code 1.1} may be spelled {@code 1_1}. */
  private Pattern scriptPattern(String version) {
    String spelled =
        order == Order.DOTTED
            ? Stream.of(version.split("\\."))
                .map(Pattern::quote)
                .collect(Collectors.joining("[._]"))
            : Pattern.quote(version);
    return Pattern.compile(script.orElseThrow().path().replace("{version}", spelled));
  }

  /** What to do with a migration in this state. */
  public Optional<String> remedy(State state) {
    return switch (state) {
      case FAILED -> failed;
      case HALF_APPLIED -> halfApplied;
      case APPLIED, ROLLED_BACK -> Optional.empty();
    };
  }
}
