package dev.rubicon.ceremony;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.scratch.SqlScript;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.statement.Ddl;
import dev.rubicon.statement.DdlReader;
import dev.rubicon.statement.Made;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the migrations and indexes of expand do, statement by statement.
 *
 * @param noticeable why somebody could notice
 * @param irreversible why there is no way back without a loss
 */
record Migrations(List<String> noticeable, List<String> irreversible) {

  static Migrations of(Bundle bundle) {
    var noticeable = new ArrayList<String>();
    var irreversible = new ArrayList<String>();
    Runbook.Expand expand = bundle.runbook().expand();
    for (Runbook.ConcurrentIndex index : expand.concurrently()) {
      boolean plain =
          Made.by(index.sql())
              .filter(made -> made.equals(Made.index(RelationName.parse(index.name()))))
              .isPresent();
      if (!plain) {
        noticeable.add("index " + index.name() + " is more than a plain one");
      }
    }
    if (expand.migrations().isEmpty()) {
      return new Migrations(noticeable, irreversible);
    }
    String folder = expand.migrations().get();
    var made = new ArrayList<Made>();
    var undos = new ArrayList<SqlScript.Statement>();
    Map<String, byte[]> files = bundle.folder(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = file.getKey();
      if (!name.endsWith(".sql")) {
        continue;
      }
      String path = folder + "/" + name;
      List<SqlScript.Statement> statements =
          SqlScript.split(path, new String(file.getValue(), StandardCharsets.UTF_8));
      if (name.startsWith("U")) {
        undos.addAll(statements);
        continue;
      }
      if (!files.containsKey("U" + name.substring(1))) {
        irreversible.add(path + " has no undo");
      }
      for (SqlScript.Statement statement : statements) {
        Optional<Made> one = Made.by(statement.sql());
        one.ifPresent(made::add);
        if (one.isEmpty()) {
          noticeable.add(statement.position() + ": " + statement.brief());
          if (loses(statement.sql())) {
            irreversible.add(statement.position() + ": " + statement.brief());
          }
        }
      }
    }
    undos.stream()
        .filter(undo -> !Made.isTakenBackBy(undo.sql(), made))
        .forEach(undo -> noticeable.add(undo.position() + " takes back more than was made"));
    return new Migrations(noticeable, irreversible);
  }

  private static boolean loses(String sql) {
    return DdlReader.of(sql).stream()
        .anyMatch(
            part ->
                switch (part) {
                  case Ddl.Dropped _, Ddl.TablesDropped _, Ddl.Retyped _ -> true;
                  case Ddl.Unplaced unplaced -> unplaced.rows();
                  case Ddl.Versioned _ -> true;
                  case Ddl.Added _,
                      Ddl.OfTheSession _,
                      Ddl.ColumnRenamed _,
                      Ddl.TableRenamed _,
                      Ddl.NullAllowed _,
                      Ddl.DefaultSet _ ->
                      false;
                });
  }
}
