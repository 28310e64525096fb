package dev.rubicon.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Draws what a client of one relation says next, as the rows there make it possible. */
final class OpGenerator {
  private final Random random;
  private final Relation relation;
  private final List<Map<String, String>> rows;
  private final Optional<List<Map<String, String>>> places;
  private final Optional<Parents> parents;
  private final boolean sparing;
  private final WholeRows.May whole;

  /**
   * What a row may point at: its columns, and the keys that are there.
   *
   * @param own whether they are of the same relation
   */
  record Parents(List<String> columns, List<List<String>> keys, boolean own) {
    static Optional<Parents> of(
        Shape shape,
        Side side,
        Relation relation,
        Function<Relation, Collection<Map<String, String>>> rows) {
      return shape
          .pointer(side, relation)
          .map(
              p ->
                  new Parents(
                      p.columns(),
                      rows.apply(p.target()).stream().map(p.target()::identity).toList(),
                      p.target() == relation));
    }
  }

  /**
   * @param sparing whether an INSERT may leave columns out
   * @param whole what it may do with whole rows
   */
  OpGenerator(
      Random random,
      Relation relation,
      List<Map<String, String>> rows,
      Optional<List<Map<String, String>>> places,
      Optional<Parents> parents,
      boolean sparing,
      WholeRows.May whole) {
    this.random = random;
    this.relation = relation;
    this.rows = rows;
    this.places = places;
    this.parents = parents;
    this.sparing = sparing;
    this.whole = whole;
  }

  Op draw() {
    boolean room = places.isEmpty() || !places.get().isEmpty();
    if (rows.isEmpty() || rows.size() < 25 && room && random.nextInt(10) < 3) {
      return room ? insert() : updateAll();
    }
    if (random.nextInt(80) == 0) {
      return Op.truncate(relation, random.nextBoolean());
    }
    if (random.nextInt(8) == 0) {
      var drawn = whole(room);
      if (drawn.isPresent()) {
        return drawn.get();
      }
    }
    return switch (random.nextInt(20)) {
      case 0, 1 -> delete(1);
      case 2 -> delete(2 + random.nextInt(2));
      case 3, 4, 5 -> rekey();
      case 6 -> upsert();
      case 7 -> doNothing();
      case 8 -> duplicate();
      case 9 -> updateMany();
      case 10 -> exchange().orElseGet(this::updateMany);
      default -> update();
    };
  }

  /** New rows, unless they would need what is not there. */
  Optional<Op> insertIfRoom() {
    return places.filter(List::isEmpty).isPresent() ? Optional.empty() : Optional.of(insert());
  }

  private Op insert() {
    var named = new LinkedHashSet<String>(relation.key());
    relation.fields().stream()
        .filter(f -> !sparing || !f.mayBeLeftOut() || random.nextInt(4) > 0)
        .forEach(f -> named.add(f.name()));
    var fresh = new ArrayList<Map<String, String>>();
    var free = new ArrayList<>(places.orElse(List.of()));
    Collections.shuffle(free, random);
    int wanted = random.nextInt(4) == 0 ? 3 : 1;
    for (int i = 0; i < wanted; i++) {
      var row = row();
      if (places.isPresent()) {
        if (i >= free.size()) {
          break;
        }
        row.putAll(free.get(i));
      }
      fresh.add(row);
    }
    parents.filter(Parents::own).ifPresent(p -> pointAtEachOther(p, fresh));
    // Once contract has begun, a NULL in a whole row is a default until it has taken the triggers
    // away.
    if (random.nextInt(8) == 0 && sparing) {
      return whole(new WholeRows(relation).insert(fresh), Optional.empty());
    }
    if (random.nextInt(4) > 0) {
      return op(values(named, fresh), Map.of(), named);
    }
    // Nothing comes back, and still no statement may mistake the relation.
    named.add(relation.own());
    return Op.copy(relation, named, lines(named, fresh));
  }

  /** Each at the one that comes after it, some of them, and the last one at itself. */
  private void pointAtEachOther(Parents parents, List<Map<String, String>> fresh) {
    for (int i = 0; i < fresh.size(); i++) {
      if (random.nextInt(3) == 0) {
        List<String> key = relation.identity(fresh.get(Math.min(i + 1, fresh.size() - 1)));
        for (int j = 0; j < key.size(); j++) {
          fresh.get(i).put(parents.columns().get(j), key.get(j));
        }
      }
    }
  }

  private Optional<Op> whole(boolean room) {
    var rows = new WholeRows(relation);
    var row = new HashMap<>(some());
    List<String> key = relation.key(row);
    if (whole.copies() && room && random.nextBoolean()) {
      var changed = row();
      places.ifPresent(free -> changed.putAll(free.get(random.nextInt(free.size()))));
      changed.keySet().retainAll(relation.key());
      return Optional.of(whole(rows.copy(key, changed), Optional.of(key)));
    }
    if (!whole.known()) {
      return Optional.empty();
    }
    row.putAll(changes(false));
    return Optional.of(op(rows.save(key, row), Map.of(), row.keySet()));
  }

  private Op whole(String text, Optional<List<String>> copied) {
    Op op = op(text, Map.of(), Set.of());
    return new Op(
        relation,
        op.text(),
        op.rekeyed(),
        op.named(),
        op.input(),
        Optional.of(new Shape.Whole(copied)));
  }

  /** One row, at the one place; these columns have a value there. */
  Op insert(Set<String> given) {
    var row = row();
    row.putAll(places.orElseThrow().getFirst());
    var named = new LinkedHashSet<>(given);
    relation.fields().stream()
        .filter(f -> !sparing || !f.mayBeLeftOut() || random.nextInt(4) > 0)
        .forEach(f -> named.add(f.name()));
    return op(values(named, List.of(row)), Map.of(), named);
  }

  /** As COPY wants them. */
  private static String lines(Set<String> named, List<Map<String, String>> rows) {
    return rows.stream()
        .map(row -> named.stream().map(n -> cell(row.get(n))).collect(Collectors.joining("\t")))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String cell(String value) {
    return value == null
        ? "\\N"
        : value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
  }

  private Map<String, String> row() {
    var row = new HashMap<String, String>();
    relation.fields().forEach(f -> row.put(f.name(), f.draw(random)));
    parents.ifPresent(
        p -> {
          boolean points = !p.keys().isEmpty() && random.nextInt(5) > 0;
          List<String> key = points ? p.keys().get(random.nextInt(p.keys().size())) : List.of();
          for (int i = 0; i < p.columns().size(); i++) {
            row.put(p.columns().get(i), points ? key.get(i) : null);
          }
        });
    return row;
  }

  private static String values(Set<String> named, List<Map<String, String>> rows) {
    return "INSERT INTO "
        + Op.HERE
        + " ("
        + Sql.quote(named)
        + ") VALUES "
        + rows.stream()
            .map(
                row ->
                    named.stream()
                        .map(n -> Sql.literal(row.get(n)))
                        .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
  }

  private Map<String, String> some() {
    return rows.get(random.nextInt(rows.size()));
  }

  private List<Map<String, String>> some(int wanted) {
    var all = new ArrayList<>(rows);
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(wanted, all.size()));
  }

  private String where(List<Map<String, String>> these) {
    return " WHERE "
        + these.stream()
            .map(
                row ->
                    relation.key().stream()
                        .map(k -> Sql.quote(k) + " = " + Sql.literal(row.get(k)))
                        .collect(Collectors.joining(" AND ", "(", ")")))
            .collect(Collectors.joining(" OR "));
  }

  Op delete(int wanted) {
    return op("DELETE FROM " + Op.HERE + where(some(wanted)), Map.of(), Set.of());
  }

  private Op update() {
    return set(List.of(some()), changes(false));
  }

  private Op updateMany() {
    return set(some(3), changes(false));
  }

  /** Two rows get each other's place: in the middle of the statement both have the same. */
  private Optional<Op> exchange() {
    if (relation.names().noneMatch(CheckedAtEnd.PLACE::equals)) {
      return Optional.empty();
    }
    var two =
        some(rows.size()).stream()
            .map(r -> r.get(CheckedAtEnd.PLACE))
            .filter(Objects::nonNull)
            .limit(2)
            .map(Sql::literal)
            .toList();
    return two.size() < 2
        ? Optional.empty()
        : Optional.of(
            op(
                "UPDATE %1$s SET %2$s = (CASE %2$s WHEN %3$s THEN %4$s ELSE %3$s END)::integer WHERE %2$s IN (%3$s, %4$s)"
                    .formatted(Op.HERE, CheckedAtEnd.PLACE, two.getFirst(), two.getLast()),
                Map.of(),
                Set.of(CheckedAtEnd.PLACE)));
  }

  private Op updateAll() {
    return op("UPDATE " + Op.HERE + " SET " + assignments(changes(false)), Map.of(), Set.of());
  }

  /** A new key, or a new partition, or both, and perhaps other columns. */
  private Op rekey() {
    var row = some();
    var sets = random.nextBoolean() ? changes(true) : new LinkedHashMap<String, String>();
    if (places.isPresent()) {
      if (places.get().isEmpty()) {
        return update();
      }
      sets.putAll(places.get().get(random.nextInt(places.get().size())));
    } else {
      List<String> keys = relation.key();
      sets.put(keys.getFirst(), relation.field(keys.getFirst()).draw(random));
      for (String key : keys.subList(1, keys.size())) {
        if (random.nextBoolean()) {
          sets.put(key, relation.field(key).draw(random));
        }
      }
      if (keys.size() > 1 && random.nextInt(3) == 0) {
        // Only the partition, for one.
        sets.remove(keys.getFirst());
        sets.put(keys.getLast(), relation.field(keys.getLast()).draw(random));
      }
    }
    return set(List.of(row), sets);
  }

  private Op set(List<Map<String, String>> these, Map<String, String> sets) {
    var rekeyed = new HashMap<List<String>, List<String>>();
    for (var row : these) {
      var after = new HashMap<>(row);
      after.putAll(sets);
      if (!relation.key(after).equals(relation.key(row))) {
        rekeyed.put(relation.key(row), relation.key(after));
      }
    }
    return op(
        "UPDATE " + Op.HERE + " SET " + assignments(sets) + where(these), rekeyed, sets.keySet());
  }

  private Map<String, String> changes(boolean any) {
    var row = row();
    var sets = new LinkedHashMap<String, String>();
    relation.fields().stream()
        .filter(f -> !relation.key().contains(f.name()))
        .filter(f -> random.nextInt(3) == 0)
        .forEach(f -> sets.put(f.name(), row.get(f.name())));
    if (sets.isEmpty() && !any) {
      var fields =
          relation.fields().stream().filter(f -> !relation.key().contains(f.name())).toList();
      Field field = fields.get(random.nextInt(fields.size()));
      sets.put(field.name(), row.get(field.name()));
    }
    parents
        .filter(p -> p.columns().stream().anyMatch(sets::containsKey))
        .ifPresent(p -> p.columns().forEach(c -> sets.put(c, row.get(c))));
    return sets;
  }

  private String assignments(Map<String, String> sets) {
    return sets.entrySet().stream()
        .map(
            e ->
                Sql.quote(e.getKey())
                    + (toDefault(e.getKey()) ? Op.DEFAULT : " = " + Sql.literal(e.getValue())))
        .collect(Collectors.joining(", "));
  }

  private boolean toDefault(String column) {
    return sparing
        && whole.known()
        && !relation.key().contains(column)
        && relation.field(column).mayBeLeftOut()
        && random.nextInt(relation.field(column).fallback().isPresent() ? 3 : 10) == 0;
  }

  /** One row that is there and, if any can be, one that is not. */
  private Op upsert() {
    var there = new HashMap<>(row());
    var row = some();
    relation.key().forEach(k -> there.put(k, row.get(k)));
    var named = relation.names().collect(Collectors.toCollection(LinkedHashSet::new));
    var rows = new ArrayList<Map<String, String>>(List.of(there));
    if (places.isEmpty()) {
      rows.add(row());
    }
    String sets =
        changes(false).keySet().stream()
            .map(n -> Sql.quote(n) + (toDefault(n) ? Op.DEFAULT : " = EXCLUDED." + Sql.quote(n)))
            .collect(Collectors.joining(", "));
    return op(
        values(named, rows)
            + " ON CONFLICT ("
            + Sql.quote(relation.key())
            + ") DO UPDATE SET "
            + sets,
        Map.of(),
        named);
  }

  private Op doNothing() {
    return conflicting(" ON CONFLICT DO NOTHING");
  }

  private Op duplicate() {
    return conflicting("");
  }

  private Op conflicting(String end) {
    var twin = new HashMap<>(row());
    var row = some();
    relation.key().forEach(k -> twin.put(k, row.get(k)));
    var named = relation.names().collect(Collectors.toCollection(LinkedHashSet::new));
    return op(values(named, List.of(twin)) + end, Map.of(), named);
  }

  private Op op(String text, Map<List<String>, List<String>> rekeyed, Set<String> named) {
    return new Op(
        relation,
        text + " RETURNING " + Sql.quote(relation.own()),
        rekeyed,
        named,
        Optional.empty(),
        Optional.empty());
  }
}
