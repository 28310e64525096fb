package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Function;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What must come before what, from the dependencies that PostgreSQL keeps on both sides. */
final class Edges {
  private static final Pattern WORD = Pattern.compile("\\w+");

  private final Side from;
  private final Side to;
  private final Map<String, Node> nodes;
  private final Map<String, String> makers;
  private final Map<String, String> droppers;
  private final Set<String> created;

  Edges(
      Side from,
      Side to,
      Map<String, Node> nodes,
      Map<String, String> makers,
      Map<String, String> droppers,
      Set<String> created) {
    this.from = from;
    this.to = to;
    this.nodes = nodes;
    this.makers = makers;
    this.droppers = droppers;
    this.created = created;
  }

  void draw() {
    makers.forEach(this::makes);
    droppers.forEach(this::drops);
    nodes.keySet().stream().toList().forEach(this::late);
    names();
    bodies();
  }

  /** After what it uses, and after itself as it was, and after those who used it so. */
  private void makes(String name, String key) {
    Side side = to.has(name) ? to : from;
    for (String used : needs(name, side)) {
      maker(used, side).ifPresent(node(key).after::add);
    }
    after(key, droppers.get(name));
    from.users(name).forEach(user -> after(key, droppers.get(user)));
  }

  private static Set<String> needs(String name, Side side) {
    var needs = new HashSet<>(side.uses(name));
    if (name.startsWith("sequence:")) {
      needs.removeIf(used -> used.startsWith("column:"));
      return needs;
    }
    if (name.startsWith("table:") && side.relation(name).partition()) {
      needs.removeIf(used -> used.startsWith("table:"));
    }
    side.find(name).map(CatalogEntry::of).filter(of -> !of.isEmpty()).ifPresent(needs::add);
    return needs;
  }

  private Optional<String> maker(String name, Side side) {
    String maker = makers.get(name);
    if (maker != null) {
      return Optional.of(maker);
    }
    return side.find(name)
        .map(CatalogEntry::of)
        .filter(of -> !of.isEmpty())
        .flatMap(of -> maker(of, side))
        .filter(key -> created.contains(key.substring("make:".length())));
  }

  /** After the users that go, and after those that only come to do without it. */
  private void drops(String name, String key) {
    for (String user : from.users(name)) {
      after(key, droppers.get(user));
      String maker = makers.get(user);
      if (maker != null && !created.contains(user) && !droppers.containsKey(user)) {
        after(key, maker);
        after(key, maker.replaceFirst("^make:", "own:"));
      }
    }
  }

  private void late(String key) {
    if (key.startsWith("own:")) {
      String sequence = key.substring("own:".length());
      after(key, makers.get(sequence));
      to.uses(sequence).forEach(used -> maker(used, to).ifPresent(node(key).after::add));
    } else if (key.startsWith("attach:")) {
      String table = key.substring("attach:".length());
      after(key, makers.get(table));
      parts(table).forEach(part -> after(key, makers.get(part)));
      for (String parent : to.uses(table)) {
        after(key, makers.get(parent));
        parts(parent).stream()
            .filter(part -> !part.startsWith("trigger:"))
            .forEach(part -> after(key, makers.get(part)));
      }
    }
  }

  private List<String> parts(String table) {
    var parts = new ArrayList<String>();
    for (String child : to.children(table)) {
      if (child.startsWith("column:")
          || child.startsWith("constraint:")
          || child.startsWith("index:")) {
        parts.add(child);
      }
    }
    return parts;
  }

  /** A relation of another kind may have the name until now. */
  private void names() {
    var relations = new HashMap<String, String>();
    droppers.forEach(
        (name, key) -> {
          if (relation(name)) {
            relations.put(name.substring(name.indexOf(':') + 1), key);
          }
        });
    makers.forEach(
        (name, key) -> {
          if (relation(name)) {
            after(key, relations.get(name.substring(name.indexOf(':') + 1)));
          }
        });
  }

  private static boolean relation(String name) {
    return name.startsWith("table:")
        || name.startsWith("view:")
        || name.startsWith("materialized-view:")
        || name.startsWith("sequence:");
  }

  /** PostgreSQL does not keep what the text of a function names, and some it looks up at once. */
  private void bodies() {
    var byWord = new HashMap<String, Set<String>>();
    List<CatalogEntry> made =
        created.stream()
            .flatMap(name -> to.find(name).stream())
            .filter(entry -> entry.part().isEmpty() && makers.containsKey(entry.name()))
            .filter(entry -> Kinds.rank(entry.kind()) < 10 && entry.kind() != ObjectKind.SCHEMA)
            .toList();
    for (CatalogEntry entry : made) {
      byWord
          .computeIfAbsent(entry.object().replaceFirst("\\(.*", ""), ignored -> new HashSet<>())
          .add(makers.get(entry.name()));
    }
    for (CatalogEntry function : made) {
      if (to.function(function.name()).map(Function::textBody).orElse(false)) {
        WORD.matcher(function.definition())
            .results()
            .forEach(
                word ->
                    node(makers.get(function.name()))
                        .preferably
                        .addAll(byWord.getOrDefault(word.group(), Set.of())));
      }
    }
  }

  private Node node(String key) {
    return nodes.get(key);
  }

  private void after(String key, String earlier) {
    if (earlier != null) {
      node(key).after.add(earlier);
    }
  }
}
