package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.transition.shadow.Side;

/** The slot of {@code sql/home.sql.ftl}: the relation that a trigger function is for. */
record Home(long oid, boolean partitioned) {
  static Home of(Side side) {
    return new Home(side.oid(), side.partitioned());
  }
}
