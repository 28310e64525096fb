package dev.rubicon.transition.shadow.swap;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.transition.shadow.OwnedSequences;
import dev.rubicon.transition.shadow.ShadowNames;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table takes the sequences of its serial columns along when it is hidden. Clients draw from them
 * by name until contract, so they stay, and belong to what clients find under the table's name:
 * {@code pg_get_serial_sequence} leads there.
 */
record KeptSequences(PgSession session, ShadowPlan plan, OwnedSequences owned) {

  static KeptSequences of(PgSession session, ShadowPlan plan) {
    boolean hides = plan.leadsLegacy() && plan.legacyName() != LegacyName.KEEP;
    return new KeptSequences(session, plan, hides ? plan.sequences() : OwnedSequences.NONE);
  }

  boolean any() {
    return !owned.legacy().isEmpty();
  }

  boolean has(long sequence) {
    return owned.legacy().stream().anyMatch(s -> s.sequence() == sequence);
  }

  /** They belong to nobody for the moment, and no DROP takes them along: those that are there. */
  List<String> release() {
    return Stream.concat(owned.legacy().stream(), canonicals())
        .flatMap(sequence -> ShadowNames.find(session, sequence.sequence()).stream())
        .map(RelationName::sql)
        .map(sequence -> "ALTER SEQUENCE " + sequence + " OWNED BY NONE")
        .toList();
  }

  /** After the crossing. PostgreSQL requires one schema and one owner. */
  List<String> give() {
    var sql = new ArrayList<String>();
    RelationName legacy = plan.legacy().name();
    boolean view = plan.legacyName() == LegacyName.VIEW;
    for (OwnedSequences.Owned sequence : owned.legacy()) {
      if (!sameOwner(sequence, view)) {
        continue;
      }
      if (view) {
        if (plan.legacy().columns().stream().anyMatch(c -> c.name().equals(sequence.column()))) {
          sql.add(own(name(sequence), legacy, sequence.column()));
        }
      } else if (plan.to().schema().equals(legacy.schema())) {
        plan.numbering()
            .filter(numbering -> numbering.legacySequence() == sequence.sequence())
            .ifPresent(n -> sql.add(own(name(sequence), plan.to(), n.column())));
      }
    }
    return sql;
  }

  /** On the way back, and where legacy ends and takes them along. */
  List<String> giveBack(RelationName legacy) {
    var sql = new ArrayList<String>();
    for (OwnedSequences.Owned sequence : owned.legacy()) {
      RelationName name = name(sequence);
      if (!name.schema().equals(legacy.schema())) {
        String schema = Identifiers.quote(legacy.schema());
        sql.add("ALTER SEQUENCE " + name.sql() + " SET SCHEMA " + schema);
      }
      sql.add(own(new RelationName(legacy.schema(), name.name()), legacy, sequence.column()));
    }
    return sql;
  }

  /** The sequence that numbers both sides, as it is called after {@link #giveBack}. */
  Optional<RelationName> numbers(RelationName legacy) {
    return plan.numbering()
        .map(
            numbering -> {
              RelationName now = ShadowNames.of(session, numbering.legacySequence());
              return has(numbering.legacySequence())
                  ? new RelationName(legacy.schema(), now.name())
                  : now;
            });
  }

  List<String> giveCanonicalsBack(RelationName canonical) {
    return canonicals().map(c -> own(name(c), canonical, c.column())).toList();
  }

  /** Out of use until contract: a table that owned both would lead to either. */
  private Stream<OwnedSequences.Owned> canonicals() {
    return plan.legacyName() == LegacyName.HIDE && any()
        ? owned.canonical().stream()
        : Stream.empty();
  }

  private boolean sameOwner(OwnedSequences.Owned sequence, boolean view) {
    return session
        .value(
            """
            SELECT CASE WHEN ? THEN has_schema_privilege(l.relowner, l.relnamespace, 'CREATE')
                        ELSE c.relowner = s.relowner END
            FROM pg_class s, pg_class l, pg_class c
            WHERE s.oid = ?::bigint::oid AND l.oid = ?::bigint::oid AND c.oid = ?::bigint::oid
            """,
            view,
            sequence.sequence(),
            plan.legacy().oid(),
            plan.canonical().oid())
        .equals("t");
  }

  private RelationName name(OwnedSequences.Owned sequence) {
    return ShadowNames.of(session, sequence.sequence());
  }

  private static String own(RelationName sequence, RelationName relation, String column) {
    return "ALTER SEQUENCE "
        + sequence.sql()
        + " OWNED BY "
        + relation.sql()
        + "."
        + Identifiers.quote(column);
  }
}
