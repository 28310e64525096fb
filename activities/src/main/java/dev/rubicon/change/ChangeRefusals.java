package dev.rubicon.change;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.table.TableRefusals;
import java.util.List;

/** What of a table the short form cannot carry over: named, before anything is touched. */
record ChangeRefusals(PgSession session) {
  private static final SqlTemplate QUESTIONS = SqlTemplate.of("change/sql/refused.sql.ftl");
  private static final String LONG = "; or write the long form by hand (docs/shadow.md)";

  /**
   * @param table its object id
   */
  private record Slots(long table) {}

  private record Refused(String what, String next) {}

  void require(ChangedTable table, List<ChangedTable> family) {
    TableRefusals.table(table.shape(), "the short form is for tables");
    if (table.shape().kind().equals("p")) {
      throw unsupported(
          table.name() + " is partitioned, and the short form builds no partitions",
          "write the long form: docs/partitions.md");
    }
    if (table.shape().key().isEmpty()) {
      throw unsupported(
          table.name() + " has no key, by which rows of both sides are told",
          "give it a primary key first");
    }
    List<Refused> refused =
        session.query(
            QUESTIONS.render(new Slots(table.oid())),
            row -> new Refused(row.getString(1), row.getString(2)),
            table.retyped(),
            table.renamed(),
            oids(family));
    if (!refused.isEmpty()) {
      throw unsupported(
          "the short form cannot carry over everything of "
              + table.name()
              + ": "
              + String.join("; ", refused.stream().map(Refused::what).toList()),
          String.join("; ", refused.stream().map(Refused::next).distinct().toList()) + LONG);
    }
  }

  private static Long[] oids(List<ChangedTable> family) {
    return family.stream().map(ChangedTable::oid).toArray(Long[]::new);
  }
}
