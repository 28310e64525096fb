package dev.rubicon.invariant;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What rows that are there must keep before the rollout can add its constraints: every unique
 * index, check, NOT NULL and foreign key that stands behind the rollout, as tried on a copy, and
 * that the target does not hold already. A column whose values do not come from the target (new,
 * without {@code up}) leaves its rules to the rehearsal.
 */
public final class DerivedInvariants {
  private final Runbook runbook;
  private final List<Rule> was;
  private final Map<RelationName, List<Rule>> wasOf;
  private final Map<RelationName, Optional<Source>> sources = new HashMap<>();
  private final Map<RelationName, List<Source.Column>> columnsWere;
  private final Map<RelationName, List<Source.Column>> columnsBecome;

  private DerivedInvariants(Runbook runbook, PgSession target, PgSession copy) {
    this.runbook = runbook;
    this.was = Rule.read(target, runbook.schemas());
    this.wasOf = was.stream().collect(Collectors.groupingBy(Rule::relation));
    this.columnsWere = Source.columns(target, runbook.schemas());
    this.columnsBecome = Source.columns(copy, runbook.schemas());
  }

  /**
   * @param copy on which the rollout was taken to its end
   */
  public static List<DataInvariant> of(Runbook runbook, PgSession target, PgSession copy) {
    var derived = new DerivedInvariants(runbook, target, copy);
    var invariants = new ArrayList<DataInvariant>();
    for (Rule rule : Rule.read(copy, runbook.schemas())) {
      derived
          .source(rule.relation())
          .filter(source -> source.columns().containsAll(rule.columns()))
          .filter(source -> !derived.held(rule, source))
          .flatMap(source -> derived.offenders(rule, source))
          .map(
              query ->
                  new DataInvariant(
                      rule.id(),
                      rule.relation() + ": " + rule.demand(),
                      Runbook.Severity.ERROR,
                      0,
                      true,
                      derived.source(rule.relation()).orElseThrow().legacy(),
                      query))
          .ifPresent(invariants::add);
    }
    return List.copyOf(invariants);
  }

  private Optional<Source> source(RelationName relation) {
    return sources.computeIfAbsent(
        relation, name -> Source.of(name, runbook, columnsWere, columnsBecome, was));
  }

  /** By every relation that the rows come from, over columns that stay as they are. */
  private boolean held(Rule rule, Source source) {
    return rule.columns().stream().noneMatch(source.computed()::contains)
        && (rule.references().isEmpty() || asItIs(rule.references().get(), rule.referenced()))
        && source.legacy().stream()
            .allMatch(
                legacy -> wasOf.getOrDefault(legacy, List.of()).stream().anyMatch(rule::impliedBy));
  }

  private boolean asItIs(RelationName relation, List<String> columns) {
    return source(relation)
        .filter(source -> source.legacy().equals(List.of(relation)))
        .filter(source -> columns.stream().noneMatch(source.computed()::contains))
        .isPresent();
  }

  private Optional<String> offenders(Rule rule, Source source) {
    return switch (rule.kind()) {
      case PRIMARY, UNIQUE -> Optional.of(duplicates(rule, source));
      case CHECK -> Optional.of(rows(source, "NOT (" + rule.keys().getFirst() + ")"));
      case NOT_NULL -> Optional.of(rows(source, rule.keys().getFirst() + " IS NULL"));
      case FOREIGN_KEY ->
          source(rule.references().orElseThrow()).map(to -> orphans(rule, source, to));
    };
  }

  /** Groups; NULLs are apart unless the index says otherwise. */
  private static String duplicates(Rule rule, Source source) {
    String keys = String.join(", ", rule.keys());
    var conditions = new ArrayList<String>();
    if (!rule.where().isEmpty()) {
      conditions.add("(" + rule.where() + ")");
    }
    if (!rule.nullsEqual()) {
      rule.keys().forEach(key -> conditions.add("(" + key + ") IS NOT NULL"));
    }
    return "SELECT "
        + keys
        + ", count(*) AS rows\nFROM ("
        + source.sql()
        + "\n) AS canonical"
        + (conditions.isEmpty() ? "" : "\nWHERE " + String.join(" AND ", conditions))
        + "\nGROUP BY "
        + keys
        + "\nHAVING count(*) > 1";
  }

  private static String rows(Source source, String condition) {
    return "SELECT "
        + (source.keys().isEmpty() ? "true AS offends" : String.join(", ", source.keys()))
        + "\nFROM ("
        + source.sql()
        + "\n) AS canonical\nWHERE "
        + condition;
  }

  /** MATCH SIMPLE asks nothing of a row with a NULL, MATCH FULL wants all or none. */
  private static String orphans(Rule rule, Source source, Source to) {
    var pairs = new ArrayList<String>();
    for (int i = 0; i < rule.keys().size(); i++) {
      pairs.add("referenced." + rule.referenced().get(i) + " = canonical." + rule.keys().get(i));
    }
    String all = nulls(rule, " AND ", "IS NOT NULL");
    String orphan =
        all
            + " AND NOT EXISTS (SELECT FROM ("
            + to.sql()
            + "\n) AS referenced WHERE "
            + String.join(" AND ", pairs)
            + ")";
    return rows(
        source,
        rule.full()
            ? "("
                + orphan
                + ") OR ("
                + nulls(rule, " OR ", "IS NOT NULL")
                + ") AND ("
                + nulls(rule, " OR ", "IS NULL")
                + ")"
            : orphan);
  }

  private static String nulls(Rule rule, String between, String is) {
    return rule.keys().stream()
        .map(key -> "canonical." + key + " " + is)
        .collect(Collectors.joining(between));
  }
}
