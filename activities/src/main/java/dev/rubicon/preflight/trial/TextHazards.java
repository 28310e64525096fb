package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.statement.StatementWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hazards that no difference of catalogs shows: the statement says what it does, and the locks or
 * names say whether it does it to something that the target already has.
 *
 * @param sql the statement as it stands, for names in strings
 */
record TextHazards(CatalogSnapshot target, Effect effect, StatementWords words, String sql) {
  static final Pattern TRUNCATE = Pattern.compile(" truncate ");

  /** The only writes are those of new rows. */
  private static final Pattern ADDS_ROWS = Pattern.compile("^ (insert|copy|with) ");

  private static final Pattern CHANGES_ROWS =
      Pattern.compile("(?<! for)(?<! do)(?<! no key)(?<! on) (update|delete|merge) ");

  private static final Pattern ON = Pattern.compile(" on (.*?) from ");

  private static final Pattern SETTING =
      Pattern.compile(
          "^ set (?!(local|constraints|transaction) )|^ set (local |session )?(lock_timeout"
              + "|session_replication_role) ");

  /** What is said of a table by a pattern, and the locks that it takes there. */
  private record OfTable(String id, Pattern pattern, Set<String> modes, String what) {}

  private static final Set<String> ALONE = Set.of("AccessExclusiveLock");

  /** What changes the table itself writes no rows of clients. */
  private static final Set<String> CHANGE_TABLES =
      Set.of("AccessExclusiveLock", "ShareRowExclusiveLock", "ShareUpdateExclusiveLock");

  private static final Set<String> STRONG =
      Set.of(
          "AccessExclusiveLock",
          "ExclusiveLock",
          "ShareRowExclusiveLock",
          "ShareLock",
          "ShareUpdateExclusiveLock");

  private static final List<OfTable> OF_TABLES =
      List.of(
          new OfTable(
              "row-security:",
              Pattern.compile(" (enable|force) row level security "),
              ALONE,
              "switches row level security on: clients without a policy see no rows of "),
          new OfTable(
              "trigger-disabled:",
              Pattern.compile(" disable trigger | enable replica trigger "),
              STRONG,
              "switches triggers off for every client of "),
          new OfTable(
              "trigger-new:",
              Pattern.compile(" create (or replace )?(constraint )?(trigger|rule) "),
              STRONG,
              "makes a trigger or rule that runs with clients' writes of "),
          new OfTable(
              "detach:",
              Pattern.compile(" detach partition (?!.* concurrently )"),
              STRONG,
              "takes a partition and its rows out: "),
          new OfTable("lock:", Pattern.compile("^ lock "), STRONG, "lets clients wait for "),
          new OfTable(
              "reindex:",
              Pattern.compile("^ reindex (?!.* concurrently )"),
              STRONG,
              "builds indexes anew while nobody can write "),
          new OfTable("owner:", Pattern.compile(" owner to "), ALONE, "gives another owner to "));

  record Found(String id, String what) {}

  List<Found> found() {
    var found = new ArrayList<Found>();
    for (OfTable rule : OF_TABLES) {
      if (words.has(rule.pattern())) {
        effect.locks().stream()
            .filter(lock -> rule.modes().contains(lock.mode()))
            .map(Effect.Lock::relation)
            .distinct()
            .forEach(
                relation -> found.add(new Found(rule.id() + relation, rule.what() + relation)));
      }
    }
    if (words.has(SETTING)) {
      found.add(
          new Found(
              "session-setting:" + effect.position(),
              "sets what Rubicon's own session has set, or what is behind it relies on"));
    }
    revoke().ifPresent(found::add);
    replaced().ifPresent(found::add);
    sequence().ifPresent(found::add);
    type(ObjectKind.ENUM, Pattern.compile(" alter type .* rename value "))
        .map(e -> new Found("enum-rename:" + e.qualified(), "renames a value of " + e.qualified()))
        .ifPresent(found::add);
    type(ObjectKind.DOMAIN, Pattern.compile("^ alter domain "))
        .map(e -> new Found("domain-change:" + e.qualified(), "changes domain " + e.qualified()))
        .ifPresent(found::add);
    return found;
  }

  /**
   * Relations whose rows the statement changes. On a copy without rows an index hides that from the
   * scans; not so the lock.
   *
   * @param explained of which more is known
   */
  List<String> changedRows(Set<String> explained) {
    if (words.has(ADDS_ROWS) && !words.has(CHANGES_ROWS)) {
      return List.of();
    }
    return effect.locks().stream()
        .filter(lock -> lock.mode().equals("RowExclusiveLock"))
        .map(Effect.Lock::relation)
        .filter(relation -> !explained.contains(relation))
        .filter(relation -> CHANGE_TABLES.stream().noneMatch(m -> effect.locks(relation, m)))
        .toList();
  }

  private Optional<Found> revoke() {
    if (!words.begins("revoke") && !words.has(Pattern.compile(" ; revoke "))) {
      return Optional.empty();
    }
    // Of a grantee's name it says nothing that one of ours is called the same.
    Matcher on = ON.matcher(" " + words + " ");
    String what = on.find() ? " " + on.group(1) + " " : "";
    boolean schema = what.startsWith(" schema ");
    return target.entries().stream()
        .filter(entry -> entry.part().isEmpty() && (entry.kind() == ObjectKind.SCHEMA) == schema)
        .filter(entry -> what.contains(" " + name(entry) + " "))
        .findFirst()
        .map(
            entry ->
                new Found(
                    "revoke:" + entry.qualified(),
                    "takes rights on " + entry.qualified() + " from clients that may need them"));
  }

  private Optional<Found> replaced() {
    if (!words.has(Pattern.compile("^ create or replace .*?(function|procedure|view) "))) {
      return Optional.empty();
    }
    String header = header();
    return target.entries().stream()
        .filter(e -> e.kind() == ObjectKind.FUNCTION || e.kind() == ObjectKind.VIEW)
        .filter(e -> header.contains(" " + name(e) + " "))
        .findFirst()
        .map(
            e ->
                new Found(
                    "replaced:" + e.name(), "replaces " + e.kind().word() + " " + e.qualified()));
  }

  /** Up to the arguments, or the query. */
  private String header() {
    String all = " " + words + " ";
    int end = all.replace(" as ", " ( ").indexOf(" ( ");
    return end < 0 ? all : all.substring(0, end + 1);
  }

  private Optional<Found> sequence() {
    boolean sets = words.names("setval");
    boolean restarts = words.names("restart");
    if (!sets && !restarts) {
      return Optional.empty();
    }
    String text = sql.toLowerCase(Locale.ROOT);
    boolean known =
        target.of(ObjectKind.SEQUENCE).stream()
                .anyMatch(
                    s ->
                        Pattern.compile(
                                "(?<![\\w$])"
                                    + Pattern.quote(s.object().toLowerCase(Locale.ROOT))
                                    + "(?![\\w$])")
                            .matcher(text)
                            .find())
            || text.contains("pg_get_serial_sequence")
            || effect.locks().stream().anyMatch(lock -> restarts && STRONG.contains(lock.mode()));
    return known
        ? Optional.of(
            new Found(
                "sequence-set:" + effect.position(),
                "sets a sequence: clients get numbers that are in use, or skip some"))
        : Optional.empty();
  }

  private Optional<CatalogEntry> type(ObjectKind kind, Pattern pattern) {
    return words.has(pattern)
        ? target.of(kind).stream().filter(e -> words.names(name(e))).findFirst()
        : Optional.empty();
  }

  /** A routine without its arguments. */
  private static String name(CatalogEntry entry) {
    String object = entry.object().isEmpty() ? entry.schema() : entry.object();
    int arguments = object.indexOf('(');
    return arguments < 0 ? object : object.substring(0, arguments);
  }

  /** Whether the table of a constraint is one that the target does not have. */
  static boolean isNew(CatalogSnapshot target, CatalogEntry constraint) {
    return target.find(ObjectKind.TABLE, constraint.schema(), constraint.object(), "").isEmpty();
  }
}
