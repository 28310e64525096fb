package dev.rubicon.leaving;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/** A relation that contract takes away, and that nothing takes over from. */
public record LeavingRelation(RelationName name, LegacyRelation entry) {

  /** Those of the runbook: entries of {@code legacy-relations} that no transition has. */
  public static List<LeavingRelation> of(Runbook runbook) {
    List<RelationName> moved =
        runbook.transitions().stream().map(t -> RelationName.parse(t.relation())).toList();
    return runbook.contract().legacyRelations().stream()
        .map(entry -> new LeavingRelation(RelationName.parse(entry.relation()), entry))
        .filter(leaving -> !moved.contains(leaving.name))
        .toList();
  }

  /** Its object id; empty where it is gone already. */
  public Optional<Long> oid(PgSession session) {
    return session.first(
        "SELECT to_regclass(?)::oid::bigint WHERE to_regclass(?) IS NOT NULL",
        row -> row.getLong(1),
        name.sql(),
        name.sql());
  }

  public boolean archived() {
    return entry.action() == LegacyColumn.Action.ARCHIVE;
  }

  /** What contract makes of it, for people. */
  public String fate() {
    return archived() ? "archived as " + LeavingEnd.archive(name) : "dropped";
  }

  /** What stands in the way of taking it, while there is any: what else hangs on it. */
  public List<String> dependents(PgSession session) {
    return oid(session).map(oid -> LeavingEnd.dependents(session, oid)).orElse(List.of());
  }
}
