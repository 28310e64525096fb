package dev.rubicon.migrationfolder;

import dev.rubicon.bundle.file.NoTransaction;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The migrations of a folder, in the order in which their tool applies them. */
record MigrationFolder(Layout layout, List<Migration> migrations) {
  /** No migration is that large; a folder that was named by mistake may hold a dump that is. */
  private static final long LARGEST_FILE = 16L << 20;

  private static final Pattern FLYWAY = Pattern.compile("([VU])(\\d+(?:[._]\\d+)*)__.*\\.sql");
  private static final Pattern REPEATABLE = Pattern.compile("R__.*\\.sql");
  private static final Pattern UP = Pattern.compile("(.*)\\.up\\.sql");
  private static final Pattern PRISMA = Pattern.compile("[^/]+/migration\\.sql");
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern DBMATE_MARK =
      Pattern.compile("(?m)^--[ \\t]*migrate:(up|down)\\b(.*)$");
  private static final Pattern GOOSE_MARK =
      Pattern.compile("(?mi)^--[ \\t]*\\+goose[ \\t]+(up|down)\\b(.*)$");
  private static final Pattern GOOSE_ALONE =
      Pattern.compile("(?mi)^--[ \\t]*\\+goose[ \\t]+no[ \\t]+transaction\\b");

  private static final Comparator<String> BY_NUMBERS =
      Comparator.comparing(MigrationFolder::numbers, MigrationFolder::compare)
          .thenComparing(Comparator.naturalOrder());

  /**
   * @throws RubiconException USAGE where there is no migration, or a file cannot be read
   */
  static MigrationFolder read(Path folder) {
    SortedMap<String, String> files = files(folder);
    Layout layout = layout(files);
    List<Migration> migrations =
        switch (layout) {
          case FLYWAY -> flyway(files);
          case SQITCH -> sqitch(files);
          case DBMATE -> marked(files, DBMATE_MARK, text -> false);
          case GOOSE -> marked(files, GOOSE_MARK, text -> GOOSE_ALONE.matcher(text).find());
          case GOLANG_MIGRATE -> upAndDown(files);
          case PRISMA -> plain(files, name -> PRISMA.matcher(name).matches());
          case PLAIN -> plain(files, name -> name.endsWith(".sql") && !name.contains("/"));
          // No files tell of it: CommandTrial.
          case COMMAND -> List.of();
        };
    if (migrations.isEmpty()) {
      throw unusable(folder + " holds no migration");
    }
    return new MigrationFolder(layout, migrations);
  }

  private static SortedMap<String, String> files(Path folder) {
    var files = new TreeMap<String, String>();
    try (Stream<Path> found = Files.walk(folder, 3)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (!name.endsWith(".sql") && !name.equals("sqitch.plan")) {
          continue;
        }
        if (Files.size(file) > LARGEST_FILE) {
          throw unusable(file + " has more than 16 MiB: that is a dump, no migration");
        }
        files.put(name, Files.readString(file));
      }
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.USAGE,
          "cannot read " + folder + " (" + e.getClass().getSimpleName() + ")",
          "name a folder with migrations: rubicon migrations --dir DIR",
          e);
    }
    return files;
  }

  private static Layout layout(SortedMap<String, String> files) {
    if (files.containsKey("sqitch.plan")) {
      return Layout.SQITCH;
    }
    if (files.keySet().stream().anyMatch(name -> FLYWAY.matcher(name).matches())) {
      return Layout.FLYWAY;
    }
    if (files.keySet().stream().anyMatch(name -> UP.matcher(name).matches())) {
      return Layout.GOLANG_MIGRATE;
    }
    if (files.values().stream().anyMatch(text -> DBMATE_MARK.matcher(text).find())) {
      return Layout.DBMATE;
    }
    if (files.values().stream().anyMatch(text -> GOOSE_MARK.matcher(text).find())) {
      return Layout.GOOSE;
    }
    return files.keySet().stream().anyMatch(name -> PRISMA.matcher(name).matches())
        ? Layout.PRISMA
        : Layout.PLAIN;
  }

  private static List<Migration> flyway(SortedMap<String, String> files) {
    var undo = new TreeMap<String, Migration.Sql>();
    var versioned = new ArrayList<Migration>();
    var repeatable = new ArrayList<Migration>();
    for (var file : files.entrySet()) {
      Matcher name = FLYWAY.matcher(file.getKey());
      var sql = new Migration.Sql(file.getKey(), file.getValue());
      if (name.matches() && name.group(1).equals("U")) {
        undo.put(name.group(2).replace('_', '.'), sql);
      } else if (name.matches()) {
        versioned.add(migration(name.group(2).replace('_', '.'), sql, Optional.empty(), false));
      } else if (REPEATABLE.matcher(file.getKey()).matches()) {
        repeatable.add(migration("", sql, Optional.empty(), true));
      }
    }
    var all = new ArrayList<Migration>();
    versioned.stream()
        .sorted(Comparator.comparing(Migration::version, BY_NUMBERS))
        .map(m -> migration(m.version(), m.up(), Optional.ofNullable(undo.get(m.version())), false))
        .forEach(all::add);
    all.addAll(repeatable);
    return all;
  }

  /** In the order of the plan, which is the order of deployment. */
  private static List<Migration> sqitch(SortedMap<String, String> files) {
    var all = new ArrayList<Migration>();
    for (String line : files.get("sqitch.plan").lines().map(String::strip).toList()) {
      if (line.isEmpty() || "%#@".indexOf(line.charAt(0)) >= 0) {
        continue;
      }
      String change = line.split("[\\s\\[]", 2)[0];
      String deploy = "deploy/" + change + ".sql";
      if (!files.containsKey(deploy)) {
        throw unusable("sqitch.plan names " + change + ", and there is no " + deploy);
      }
      String revert = "revert/" + change + ".sql";
      all.add(
          migration(
              change,
              new Migration.Sql(deploy, files.get(deploy)),
              Optional.ofNullable(files.get(revert)).map(text -> new Migration.Sql(revert, text)),
              false));
    }
    return all;
  }

  private static List<Migration> marked(
      SortedMap<String, String> files, Pattern mark, Predicate<String> alone) {
    var all = new ArrayList<Migration>();
    for (var file : sorted(files, name -> !name.contains("/"))) {
      String text = file.text();
      Optional<Migration.Sql> up = Optional.empty();
      Optional<Migration.Sql> down = Optional.empty();
      boolean outside = alone.test(text);
      Matcher found = mark.matcher(text);
      while (found.find()) {
        int from = found.end();
        Matcher next = mark.matcher(text);
        int to = next.find(from) ? next.start() : text.length();
        // Lines before it stay, empty, so that a statement is named by its line in the file.
        String part = "\n".repeat((int) text.substring(0, from).lines().count() - 1);
        var sql = new Migration.Sql(file.path(), part + text.substring(from, to));
        if (found.group(1).equalsIgnoreCase("up")) {
          up = Optional.of(sql);
          outside = outside || found.group(2).contains("transaction:false");
        } else if (!sql.text().isBlank()) {
          down = Optional.of(sql);
        }
      }
      String version = version(file.path());
      boolean inTransaction = !outside;
      Optional<Migration.Sql> back = down;
      up.ifPresent(sql -> all.add(new Migration(version, sql, back, false, inTransaction)));
    }
    return all;
  }

  private static List<Migration> upAndDown(SortedMap<String, String> files) {
    var all = new ArrayList<Migration>();
    for (var file : sorted(files, name -> UP.matcher(name).matches())) {
      String down = file.path().replaceFirst("\\.up\\.sql$", ".down.sql");
      all.add(
          migration(
              version(file.path()),
              file,
              Optional.ofNullable(files.get(down)).map(text -> new Migration.Sql(down, text)),
              false));
    }
    return all;
  }

  private static List<Migration> plain(SortedMap<String, String> files, Predicate<String> taken) {
    return sorted(files, taken).stream()
        .map(file -> migration(version(file.path()), file, Optional.empty(), false))
        .toList();
  }

  private static List<Migration.Sql> sorted(
      SortedMap<String, String> files, Predicate<String> taken) {
    return files.entrySet().stream()
        .filter(file -> taken.test(file.getKey()))
        .map(file -> new Migration.Sql(file.getKey(), file.getValue()))
        .sorted(Comparator.comparing(Migration.Sql::path, BY_NUMBERS))
        .toList();
  }

  private static Migration migration(
      String version, Migration.Sql up, Optional<Migration.Sql> down, boolean repeatable) {
    return new Migration(version, up, down, repeatable, NoTransaction.reason(up.text()).isEmpty());
  }

  /** The first number of the name; the name where it has none. */
  private static String version(String path) {
    Matcher number = NUMBER.matcher(path);
    return number.find() ? number.group() : path;
  }

  private static List<BigInteger> numbers(String name) {
    Matcher first = Pattern.compile("\\d+(?:[._]\\d+)*").matcher(name);
    return first.find()
        ? Stream.of(first.group().split("[._]")).map(BigInteger::new).toList()
        : List.of();
  }

  private static int compare(List<BigInteger> one, List<BigInteger> other) {
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      BigInteger left = i < one.size() ? one.get(i) : BigInteger.ZERO;
      BigInteger right = i < other.size() ? other.get(i) : BigInteger.ZERO;
      if (!left.equals(right)) {
        return left.compareTo(right);
      }
    }
    return 0;
  }

  private static RubiconException unusable(String why) {
    return new RubiconException(
        ErrorCode.USAGE, why, "name a folder with migrations: rubicon migrations --dir DIR");
  }
}
