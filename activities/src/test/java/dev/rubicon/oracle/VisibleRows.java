package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;

/** What a client reads under the name that it says is what it reads in its side's reference. */
record VisibleRows(Connection database, Connection reference) {

  void check(Case c, Side side, Relation relation, String name, ClientRole role)
      throws SQLException {
    try (var here = database.createStatement();
        var there = reference.createStatement()) {
      var rows = Reference.read(here, relation, name);
      role.enter(reference);
      var expected = Reference.read(there, relation, Reference.name(side, relation));
      role.leave(reference);
      assertThat(rows).as("case %d, %s as %s", c.number, name, role).isEqualTo(expected);
    }
  }
}
