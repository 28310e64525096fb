package dev.rubicon.oracle;

import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A shape, its reference, and all that has happened to it. */
final class Case {
  /** Of ten cases so many are of each kind, so that no round is without one. */
  enum Kind {
    IN_PLACE(3),
    SHADOW(3),
    SPLIT_BY_COLUMNS(1),
    MERGE_BY_COLUMNS(1),
    SPLIT_BY_ROWS(1),
    MERGE_BY_ROWS(1);

    static final int DECK = 10;

    private final int ofTen;

    Kind(int ofTen) {
      this.ofTen = ofTen;
    }

    static Kind of(int number) {
      int left = number % DECK;
      for (Kind kind : values()) {
        left -= kind.ofTen;
        if (left < 0) {
          return kind;
        }
      }
      throw new IllegalStateException("the kinds are fewer than " + DECK);
    }
  }

  final int number;
  final Kind kind;
  final Shape shape;
  final Reference reference;
  final RowFeatures rows;
  final RowSecurity rowSecurity;
  private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
  private final Map<Relation, String> oids = new HashMap<>();

  /** Without features of its rows: what golden files are about. */
  Case(int number, Random random, Server server) {
    this(number, random, server, RowFeatures.none());
  }

  Case(int number, Random random, Server server, RowFeatures rows) {
    this.number = number;
    this.rows = rows;
    this.kind = Kind.of(number);
    this.shape =
        switch (kind) {
          case IN_PLACE -> new InPlaceShape(number, random, server, rows);
          case SHADOW ->
              rows.linked()
                  ? new LinkedShape(number, random, server, rows)
                  : new PairShape(number, random, server, rows);
          case SPLIT_BY_COLUMNS -> new DividedShape(number, random, server, rows, true);
          case MERGE_BY_COLUMNS -> new DividedShape(number, random, server, rows, false);
          case SPLIT_BY_ROWS -> new SortedShape(number, random, server, rows, true);
          case MERGE_BY_ROWS -> new SortedShape(number, random, server, rows, false);
        };
    this.reference = new Reference(shape);
    this.rowSecurity = new RowSecurity(new Random(random.nextLong()), shape, server);
  }

  /** Statements that make the legacy side of the database under transition. */
  List<String> legacy() {
    return Stream.concat(shape.legacy().stream(), rowSecurity.create(Side.LEGACY).stream())
        .toList();
  }

  List<String> migration() {
    return Stream.concat(shape.migration().stream(), rowSecurity.create(Side.CANONICAL).stream())
        .toList();
  }

  /** The statements that make its reference. */
  List<String> referenceSql() {
    return Stream.of(
            reference.create(),
            rowSecurity.reference(Side.LEGACY),
            rowSecurity.reference(Side.CANONICAL))
        .flatMap(List::stream)
        .toList();
  }

  void happens(String line) {
    happened.add(line);
  }

  /** Finds the relations as they stand; names may change hands later. */
  void identify(Bench bench, Side side) {
    for (Relation relation : shape.relations(side)) {
      oids.put(
          relation,
          bench.one(
              "SELECT " + Sql.literal(relation.places().before()) + "::regclass::oid::bigint"));
    }
  }

  /** Its function reads what contract takes away: the owner drops it before. */
  void withoutLegacyTrigger(Bench bench) {
    shape
        .legacyTrigger()
        .ifPresent(
            t -> {
              String drop =
                  "DROP TRIGGER "
                      + t.name()
                      + " ON "
                      + bench.one(
                          "SELECT "
                              + oids.get(shape.relations(Side.LEGACY).getFirst())
                              + "::regclass");
              bench.run(drop);
              happens(drop + ";");
              shape.withoutLegacyTrigger();
            });
  }

  /** As it is sent, by what the session can know of keys that nothing computes. */
  Op sent(Connection connection, RolloutStage stage, Op op) throws SQLException {
    learn(connection, stage);
    return shape.aliases().map(a -> a.sent(op)).orElse(op);
  }

  /** What pairs of keys there are: none before dual write, and none any more when contract runs. */
  void learn(Connection connection, RolloutStage stage) throws SQLException {
    if (shape.aliases().isPresent() && stage.legacy() && stage.inPlace()) {
      shape.aliases().get().read(connection);
    }
  }

  String oid(Relation relation) {
    return oids.get(relation);
  }

  /** For psql: schema, what the runbook says, statements and phases in their order. */
  String script() {
    var text = new StringBuilder("-- case " + number + "\n");
    text.append("CREATE TYPE mood AS ENUM ('sad', 'ok', 'so so');\n");
    text.append("CREATE EXTENSION IF NOT EXISTS citext;\nCREATE SCHEMA canon;\n");
    rows.types().forEach(sql -> text.append(sql).append(";\n"));
    legacy().forEach(sql -> text.append(sql).append(";\n"));
    migration().forEach(sql -> text.append("-- migration: ").append(sql).append(";\n"));
    shape.transitions().forEach(t -> text.append("-- transition: ").append(t).append('\n'));
    synchronized (happened) {
      happened.forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }
}
