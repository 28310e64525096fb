package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.IndexDefinition;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Indexes that no constraint keeps. */
public final class IndexSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    if (entry.of().startsWith("constraint:")) {
      return marks(entry, IndexDefinition.unmarked(entry), IndexDefinition.of(entry), side);
    }
    var statements = new ArrayList<>(build(entry, side, sides));
    side.inheritedFrom(entry.name())
        .filter(parent -> sides.live(entry))
        .flatMap(side::find)
        .ifPresent(parent -> statements.add(Statement.ddl(attach(parent, entry))));
    statements.addAll(
        marks(entry, IndexDefinition.unmarked(entry), IndexDefinition.of(entry), side));
    return statements;
  }

  /** The index itself; on a partitioned table each partition's first, then the parent's. */
  static List<Statement> build(CatalogEntry index, Side side, Sides sides) {
    String create = IndexDefinition.of(index).create();
    if (!sides.live(index)) {
      return Statement.of(create);
    }
    if (!side.relationOf(index).partitioned()) {
      return List.of(Statement.concurrently(concurrently(index, index.part())));
    }
    var statements = new ArrayList<Statement>();
    statements.add(Statement.ddl(create));
    for (CatalogEntry partition : partitions(index, side, sides)) {
      statements.addAll(build(partition, side, sides));
      statements.add(Statement.ddl(attach(index, partition)));
    }
    return statements;
  }

  /** A key of a partitioned table: the parent's alone, each partition's over its own index. */
  static List<Statement> key(CatalogEntry key, Side side, Sides sides) {
    CatalogEntry index = side.find("index:" + key.qualified()).orElseThrow();
    String add = "ADD CONSTRAINT " + quote(key.part()) + " ";
    if (!side.relationOf(key).partitioned()) {
      return List.of(
          Statement.concurrently(concurrently(index, index.part())),
          Statement.ddl(
              Sql.alterTable(key)
                  + add.stripTrailing()
                  + ConstraintSql.usingIndex(key, index.part())));
    }
    var statements = new ArrayList<Statement>();
    statements.add(
        Statement.ddl("ALTER TABLE ONLY " + Sql.object(key) + " " + add + key.definition()));
    for (CatalogEntry partition : partitions(index, side, sides)) {
      CatalogEntry itsKey = side.find("constraint:" + partition.qualified()).orElseThrow();
      statements.addAll(key(itsKey, side, sides));
      statements.add(Statement.ddl(attach(index, partition)));
    }
    return statements;
  }

  /** Those of partitions that are there already; one that is made is attached with its own. */
  private static List<CatalogEntry> partitions(CatalogEntry index, Side side, Sides sides) {
    return new TreeSet<>(side.heirs(index.name()))
        .stream()
            .flatMap(name -> side.find(name).stream())
            .filter(
                partition -> sides.live(partition) && !sides.created().contains(table(partition)))
            .filter(partition -> sides.from().has(table(partition)))
            .toList();
  }

  private static String table(CatalogEntry index) {
    return "table:" + index.schema() + "." + index.object();
  }

  private static String attach(CatalogEntry parent, CatalogEntry partition) {
    return "ALTER INDEX " + Sql.part(parent) + " ATTACH PARTITION " + Sql.part(partition);
  }

  static String concurrently(CatalogEntry index, String name) {
    return IndexDefinition.of(index).concurrently(quote(name));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return sides.from().relationOf(entry).partitioned()
        ? Statement.of("DROP INDEX " + Sql.part(entry))
        : List.of(Statement.concurrently("DROP INDEX CONCURRENTLY IF EXISTS " + Sql.part(entry)));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    IndexDefinition ours = IndexDefinition.of(from);
    IndexDefinition theirs = IndexDefinition.of(to);
    boolean ofKey = to.of().startsWith("constraint:");
    if (ours.create().equals(theirs.create())) {
      if (from.valid() == to.valid()) {
        List<Statement> marks = marks(to, ours, theirs, sides.to());
        return marks.isEmpty() ? new Change.Implied() : Change.alter(marks);
      }
      return to.valid()
          ? Change.alter(
              List.of(Statement.concurrently("REINDEX INDEX CONCURRENTLY " + Sql.part(to))))
          : sides.to().relationOf(to).partitioned()
              ? Change.replace()
              : Change.refused("nobody wants an index to be invalid");
    }
    if (ofKey) {
      return new Change.Implied();
    }
    boolean referenced = !sides.from().users(from.name()).isEmpty();
    if (referenced || sides.to().relationOf(to).partitioned()) {
      return Change.replace();
    }
    String next = Identifiers.fitting(to.part() + "_next");
    var statements = new ArrayList<Statement>();
    statements.add(Statement.concurrently(concurrently(to, next)));
    statements.add(Statement.concurrently("DROP INDEX CONCURRENTLY IF EXISTS " + Sql.part(from)));
    statements.add(
        Statement.ddl(
            "ALTER INDEX "
                + quote(to.schema())
                + "."
                + quote(next)
                + " RENAME TO "
                + quote(to.part())));
    statements.addAll(marks(to, IndexDefinition.unmarked(to), theirs, sides.to()));
    return Change.exchange(statements);
  }

  /** A mark that goes is only taken away where none comes in its place. */
  private static List<Statement> marks(
      CatalogEntry entry, IndexDefinition from, IndexDefinition to, Side side) {
    var clauses = new ArrayList<String>();
    if (to.replicaIdentity() && !from.replicaIdentity()) {
      clauses.add("REPLICA IDENTITY USING INDEX " + quote(entry.part()));
    }
    if (!to.replicaIdentity()
        && from.replicaIdentity()
        && side.relationOf(entry).replicaIdentity().equals("DEFAULT")) {
      clauses.add("REPLICA IDENTITY DEFAULT");
    }
    if (to.clustered() && !from.clustered()) {
      clauses.add("CLUSTER ON " + quote(entry.part()));
    }
    if (!to.clustered() && from.clustered() && !clustered(entry, side)) {
      clauses.add("SET WITHOUT CLUSTER");
    }
    return Stream.concat(
            clauses.stream().map(clause -> Statement.ddl(Sql.alterTable(entry) + clause)),
            statistics(entry, from, to))
        .toList();
  }

  private static Stream<Statement> statistics(
      CatalogEntry entry, IndexDefinition from, IndexDefinition to) {
    return Stream.concat(from.statistics().keySet().stream(), to.statistics().keySet().stream())
        .distinct()
        .sorted()
        .filter(n -> !Objects.equals(from.statistics().get(n), to.statistics().get(n)))
        .map(
            n ->
                Statement.ddl(
                    "ALTER INDEX "
                        + Sql.part(entry)
                        + " ALTER COLUMN "
                        + n
                        + " SET STATISTICS "
                        + to.statistics().getOrDefault(n, -1)));
  }

  private static boolean clustered(CatalogEntry index, Side side) {
    return side.of(ObjectKind.INDEX).stream()
        .filter(other -> other.schema().equals(index.schema()))
        .filter(other -> other.object().equals(index.object()))
        .anyMatch(other -> IndexDefinition.of(other).clustered());
  }
}
