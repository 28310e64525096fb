package dev.rubicon.migrationtool;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.anyText;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.parsed;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.YamlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The tools that Rubicon knows, each read from a file of its own beside this class. */
public final class MigrationTools {
  /** Where the columns of two fit a table, the first one has it: Rails, then dbmate. */
  private static final List<String> NAMES =
      List.of(
          "alembic",
          "prisma",
          "laravel",
          "rails",
          "dbmate",
          "django",
          "knex",
          "typeorm",
          "golang-migrate",
          "goose",
          "sequelize",
          "ef",
          "liquibase",
          "flyway",
          "sqitch",
          "node-pg-migrate",
          "drizzle");

  private static final List<MigrationTool> ALL = NAMES.stream().map(MigrationTools::read).toList();

  private MigrationTools() {}

  public static List<MigrationTool> all() {
    return ALL;
  }

  public static Optional<MigrationTool> named(String name) {
    return ALL.stream().filter(tool -> tool.name().equals(name)).findFirst();
  }

  private static MigrationTool read(String name) {
    var reading = new Reading(ErrorCode.INTERNAL, name + ".yaml", new TreeSet<>());
    try (var file = MigrationTools.class.getResourceAsStream(name + ".yaml")) {
      Optional<MigrationTool> tool =
          YamlFile.parse(file.readAllBytes(), reading)
              .flatMap(root -> decoder(name).decode(root, reading));
      return tool.filter(_ -> reading.problems().isEmpty())
          .orElseThrow(() -> new IllegalStateException(reading.problems().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Decoder<MigrationTool> decoder(String name) {
    var keys = new Keys();
    var title = keys.required("title", anyText(), "for people");
    var schema = keys.or("schema", anyText(), "public", "where the table usually is");
    var table = keys.required("table", anyText(), "its usual name");
    var columns = keys.required("columns", list(anyText()), "that it has");
    var also = keys.or("also", list(anyText()), "[]", "columns of some versions");
    var named = keys.or("named", flag(), "false", "whether the name must be the usual one");
    var single = keys.or("single", flag(), "false", "whether it holds the current version alone");
    var beside = keys.optional("beside", anyText(), "a table that must be there too");
    var create = keys.optional("create", anyText(), "how the tool makes it");
    var history = keys.required("history", anyText(), "query for its rows");
    var failed = keys.optional("failed", anyText(), "what to do with a failed one");
    var half = keys.optional("half-applied", anyText(), "what to do with a half-applied one");
    var order = keys.or("order", word(Order.class), "none", "of versions");
    var version =
        keys.optional("version", parsed("", "a pattern", Pattern::compile), "what one looks like");
    var key = keys.or("key", list(anyText()), "[]", "columns that find a row again");
    var script = keys.optional("script", anyText(), "pattern of a version's file");
    var checksum = keys.optional("checksum", word(Checksum.class), "of that file");
    var journal = keys.optional("journal", anyText(), "file with the moments of versions");
    var lock = keys.optional("lock", lock(), "by which a second run is kept out");
    var stamp = keys.optional("stamp", anyText(), "INSERT of versions");
    var baseline = keys.optional("baseline", anyText(), "INSERT of one that stands for all");
    return keys.into(
        v ->
            new MigrationTool(
                name,
                v.get(title),
                new RelationName(v.get(schema), v.get(table)),
                Set.copyOf(v.get(columns)),
                Set.copyOf(v.get(also)),
                false,
                v.get(named),
                v.get(single),
                v.get(beside),
                v.get(create),
                v.get(history),
                v.get(failed),
                v.get(half),
                v.get(order),
                v.get(version),
                v.get(key),
                v.get(script)
                    .map(
                        path ->
                            new MigrationTool.Script(
                                path, v.get(checksum).orElseThrow(), v.get(journal))),
                v.get(lock),
                v.get(stamp),
                v.get(baseline)));
  }

  private static Decoder<MigrationTool.Lock> lock() {
    var keys = new Keys();
    var beside = keys.required("beside", anyText(), "its table");
    var held = keys.required("held", anyText(), "query with a row while it is held");
    var free = keys.required("free", anyText(), "what to do when nobody holds it");
    return keys.into(v -> new MigrationTool.Lock(v.get(beside), v.get(held), v.get(free)));
  }
}
