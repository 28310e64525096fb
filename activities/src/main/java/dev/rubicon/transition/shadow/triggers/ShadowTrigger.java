package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.SqlTemplate;
import java.util.Optional;

/**
 * A trigger of a shadow, on either side.
 *
 * @param name quoted
 * @param event as {@code AFTER DELETE}
 * @param forEach {@code ROW} or {@code STATEMENT}
 * @param function without its parentheses
 */
record ShadowTrigger(
    String name,
    String event,
    String table,
    String forEach,
    Optional<String> when,
    String function) {
  private static final SqlTemplate TEMPLATE =
      SqlTemplate.of("transition/shadow/sql/trigger.sql.ftl");

  static ShadowTrigger row(String name, String event, String table, String when, String function) {
    return new ShadowTrigger(name, event, table, "ROW", Optional.of(when), function);
  }

  static ShadowTrigger statement(String name, String event, String table, String function) {
    return new ShadowTrigger(name, event, table, "STATEMENT", Optional.empty(), function);
  }

  ShadowTrigger when(String condition) {
    return new ShadowTrigger(name, event, table, forEach, Optional.of(condition), function);
  }

  String create() {
    return TEMPLATE.render(this);
  }

  /** A session in replica role (a restore, an apply worker) writes too. */
  String always() {
    return "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + name;
  }
}
