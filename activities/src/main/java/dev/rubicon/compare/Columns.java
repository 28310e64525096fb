package dev.rubicon.compare;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The columns of both sides, paired.
 *
 * @param key empty: rows are not paired
 * @param compared the key's among them
 */
record Columns(List<Column> key, List<Column> compared) {
  private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
  private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "name");

  static Columns of(Question question, Shape left, Shape right, PgSession session) {
    question.mapped().keySet().forEach(name -> there(question.left(), left, name));
    question.mapped().values().forEach(name -> there(question.right(), right, name));
    question.columns().forEach(name -> there(question.left(), left, name));
    question.key().forEach(name -> there(question.left(), left, name));
    question.casts().keySet().forEach(name -> there(question.left(), left, name));
    List<String> key = question.unkeyed() ? List.of() : key(question, left, right);
    var names =
        new LinkedHashSet<>(
            question.columns().isEmpty() ? left.columns().keySet() : question.columns());
    names.addAll(key);
    if (question.columns().isEmpty()) {
      requireSame(question, left, right);
    } else {
      names.forEach(name -> there(question.right(), right, question.onTheRight(name)));
    }
    var columns = names.stream().map(n -> column(question, left, right, session, n)).toList();
    return new Columns(
        key.stream()
            .map(name -> columns.stream().filter(c -> c.name().equals(name)).findFirst())
            .flatMap(Optional::stream)
            .toList(),
        columns);
  }

  private static void there(Question.Side side, Shape shape, String name) {
    if (!shape.columns().containsKey(name)) {
      throw notComparable(
          side + " has no column " + name,
          "its columns are " + String.join(", ", shape.columns().keySet()));
    }
  }

  private static void requireSame(Question question, Shape left, Shape right) {
    var rest = new LinkedHashSet<>(right.columns().keySet());
    var lacking = new ArrayList<String>();
    for (String name : left.columns().keySet()) {
      if (!rest.remove(question.onTheRight(name))) {
        lacking.add(name);
      }
    }
    if (!lacking.isEmpty() || !rest.isEmpty()) {
      throw notComparable(
          question.right()
              + (lacking.isEmpty() ? "" : " lacks " + String.join(", ", lacking))
              + (lacking.isEmpty() || rest.isEmpty() ? "" : " and")
              + (rest.isEmpty()
                  ? ""
                  : " has " + String.join(", ", rest) + " that " + question.left() + " lacks"),
          "pair columns of different names: --map left=right; or name what is compared: --columns "
              + String.join(",", common(question, left.columns().keySet(), right)));
    }
  }

  private static List<String> common(Question question, Collection<String> names, Shape right) {
    return names.stream().filter(n -> right.columns().containsKey(question.onTheRight(n))).toList();
  }

  /** What was asked for; else a key of the left that the right has columns for, or the reverse. */
  private static List<String> key(Question question, Shape left, Shape right) {
    if (!question.key().isEmpty()) {
      return question.key();
    }
    var names = new HashSet<String>(left.columns().keySet());
    for (List<String> key : left.keys()) {
      if (common(question, key, right).size() == key.size()) {
        return key;
      }
    }
    for (List<String> key : right.keys()) {
      List<String> ours =
          names.stream().filter(n -> key.contains(question.onTheRight(n))).sorted().toList();
      if (ours.size() == key.size()) {
        return ours;
      }
    }
    return List.of();
  }

  private static Column column(
      Question question, Shape left, Shape right, PgSession session, String name) {
    String other = question.onTheRight(name);
    String wanted = question.casts().get(name);
    if (wanted != null) {
      Shape.Type type =
          Shape.type(session, wanted)
              .orElseThrow(
                  () ->
                      new RubiconException(
                          ErrorCode.USAGE,
                          "there is no type " + wanted,
                          "write --cast column=type, types of your own with their schema"));
      return new Column(name, other, type.shown(), Column.Form.of(type.base()));
    }
    Shape.Type ours = left.columns().get(name);
    Shape.Type theirs = right.columns().get(other);
    return new Column(name, other, "", form(question, name, ours, other, theirs));
  }

  private static Column.Form form(
      Question question, String name, Shape.Type ours, String other, Shape.Type theirs) {
    boolean builtIn = !ours.base().isEmpty() && ours.base().equals(theirs.base());
    if (builtIn) {
      return Column.Form.of(ours.base());
    }
    if (INTEGERS.contains(ours.base()) && INTEGERS.contains(theirs.base())) {
      return ours.base().equals("int8") || theirs.base().equals("int8")
          ? Column.Form.INT8
          : Column.Form.INT4;
    }
    boolean ownTypes = ours.base().isEmpty() && theirs.base().isEmpty();
    boolean texts = textual(ours) && textual(theirs);
    if (ownTypes || texts) {
      return Column.Form.TEXT;
    }
    throw notComparable(
        question.left()
            + "."
            + name
            + " is "
            + ours.shown()
            + ", "
            + question.right()
            + "."
            + other
            + " is "
            + theirs.shown(),
        "say in which type they are compared: --cast " + name + "=" + theirs.shown());
  }

  /** Text, or a type of the users' own: an enum or citext that became text is compared as such. */
  private static boolean textual(Shape.Type type) {
    return type.base().isEmpty() || TEXTS.contains(type.base());
  }

  private static RubiconException notComparable(String cause, String next) {
    return new RubiconException(ErrorCode.COLUMNS_NOT_COMPARABLE, cause, next);
  }

  Map<String, String> names() {
    var names = new java.util.LinkedHashMap<String, String>();
    compared.forEach(c -> names.put(c.name(), c.right()));
    return names;
  }
}
