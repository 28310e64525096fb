package dev.rubicon.document;

import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedTable.Reference;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Relations that are drawn together. A picture of five hundred tables shows nothing, and its layout
 * takes for ever: what foreign keys hold together stays together, up to a size.
 *
 * @param about the relation with the most foreign keys among them
 */
record RelationSet(RelationName about, List<TablePair> tables) {
  /** What fits on a page, and what a layout needs well below a second for. */
  static final int MOST = 30;

  /** In an order that depends on names and foreign keys alone. */
  static List<RelationSet> of(List<TablePair> tables) {
    return new Cutter(tables).cut();
  }

  private static final class Cutter {
    private final NavigableMap<RelationName, TablePair> left = new TreeMap<>();
    private final Map<RelationName, Set<RelationName>> neighbours = new TreeMap<>();
    private final Map<RelationName, TablePair> all;

    Cutter(List<TablePair> tables) {
      tables.forEach(table -> left.put(table.name(), table));
      all = Map.copyOf(left);
      left.keySet().forEach(name -> neighbours.put(name, new TreeSet<>()));
      for (TablePair table : tables) {
        for (Reference key : table.shown().references()) {
          if (all.containsKey(key.to()) && !key.to().equals(table.name())) {
            neighbours.get(table.name()).add(key.to());
            neighbours.get(key.to()).add(table.name());
          }
        }
      }
    }

    List<RelationSet> cut() {
      var sets = new ArrayList<RelationSet>();
      var small = new ArrayList<RelationName>();
      while (!left.isEmpty()) {
        List<RelationName> grown = grown(left.keySet().stream().max(busiest()).orElseThrow());
        if (small.size() + grown.size() > MOST && grown.size() <= MOST / 2) {
          sets.add(set(small));
          small.clear();
        }
        if (grown.size() > MOST / 2) {
          sets.add(set(grown));
        } else {
          // Several that hang together among themselves share a picture.
          small.addAll(grown);
        }
      }
      if (!small.isEmpty()) {
        sets.add(set(small));
      }
      return List.copyOf(sets);
    }

    /** The nearest to one relation that no set has yet. */
    private List<RelationName> grown(RelationName from) {
      var members = new ArrayList<RelationName>();
      var next = new ArrayDeque<RelationName>();
      next.add(from);
      while (!next.isEmpty() && members.size() < MOST) {
        RelationName name = next.poll();
        if (left.remove(name) != null) {
          members.add(name);
          next.addAll(neighbours.get(name));
        }
      }
      return members;
    }

    private RelationSet set(List<RelationName> members) {
      return new RelationSet(
          members.stream().max(busiest()).orElseThrow(),
          members.stream().sorted().map(all::get).toList());
    }

    private Comparator<RelationName> busiest() {
      return Comparator.comparingInt((RelationName name) -> neighbours.get(name).size())
          .thenComparing(Comparator.reverseOrder());
    }
  }
}
