package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.column;
import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.expression.ExpressionProbe;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.IncomingKeys;
import dev.rubicon.transition.shadow.KeyMap;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Side;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Resolves a shadow transition against both live tables; touches neither. What could not be kept in
 * step is refused here, by name, with what the owner can do.
 */
public final class ShadowCompiler {
  private final PgSession session;
  private final Runbook runbook;

  public ShadowCompiler(PgSession session, Runbook runbook) {
    this.session = session;
    this.runbook = runbook;
  }

  /** The plan; both relations must be there. */
  public ShadowPlan compile(Runbook.Transition transition) {
    Shadow shadow = transition.shadow().orElseThrow();
    TableShape legacy = TableShape.read(session, RelationName.parse(transition.relation()));
    TableShape canonical = TableShape.read(session, RelationName.parse(shadow.before()));
    var guard = new ShadowRefusals(session);
    guard.table(legacy);
    guard.table(canonical);
    guard.rowSecurity(legacy, canonical, shadow.legacyName() == LegacyName.VIEW);
    guard.persistence(legacy, canonical);
    guard.foreignKeys(canonical, runbook);
    session.execute("BEGIN");
    try {
      session.execute("SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog");
      return resolve(transition, shadow, legacy, canonical);
    } finally {
      ExpressionProbe.rollback(session);
    }
  }

  private ShadowPlan resolve(
      Runbook.Transition transition, Shadow shadow, TableShape legacy, TableShape canonical) {
    boolean leadsLegacy = leads(transition, Runbook.Transition::relation);
    boolean leadsCanonical = leads(transition, t -> t.shadow().orElseThrow().to());
    RelationName to = RelationName.parse(shadow.to());
    String id =
        Naming.id(
            leadsLegacy
                ? legacy.name()
                : new RelationName(legacy.name().schema(), legacy.name().name() + "_" + to.name()));
    ShadowRefusals.width(legacy, canonical);
    var parts = new SplitMergeCompiler(runbook, transition, legacy, canonical);
    parts.refuse();
    var given = new LinkedHashMap<String, ColumnMapping>();
    for (ColumnMapping mapping : transition.columns()) {
      String name = column(mapping.name());
      FollowingColumns.writable(canonical, name, "canonical column");
      given.put(name, mapping);
    }
    var maps = new KeyMaps(session, runbook);
    Optional<KeyMap> keyMap = maps.own(transition, legacy, canonical);
    parts.refuse(keyMap);
    var probe = new ExpressionProbe(session);
    probe.shape(legacy);
    var columns = new FollowingColumns(id, legacy, canonical, given, maps, keyMap, probe);
    List<Derived> ups = columns.ups();
    Optional<CompiledExpression> rows =
        shadow.rows().map(r -> probe.compile(id + "_rows", r, "boolean", legacy.name() + " rows"));
    probe.forget();
    probe.shape(canonical);
    List<Derived> downs = columns.downs(transition, ups);
    Optional<CompiledExpression> canonicalRows =
        shadow
            .canonicalRows()
            .map(
                r ->
                    probe.compile(
                        id + "_canonical_rows",
                        r,
                        "boolean",
                        canonical.name() + " canonical-rows"));

    ShadowRefusals.virtual(legacy, canonical, ups, rows, "up");
    ShadowRefusals.virtual(canonical, legacy, downs, canonicalRows, "down");
    var pairs = new Pairs(legacy, canonical, ups, downs).find();
    var collations = new KeyCollations(session).of(legacy, canonical, pairs);
    if (shadow.partOf() != PartOf.LEGACY) {
      FollowingColumns.filled(legacy, downs, "legacy", "a canonical insert");
    }
    if (shadow.partOf() != PartOf.CANONICAL) {
      FollowingColumns.filled(canonical, ups, "canonical", "the copy");
    }
    var checks = new StatementChecksReader(session);
    checks.refuse(legacy, canonical, ups);
    Optional<ShadowPlan.Numbering> numbering =
        shadow.partOf() != PartOf.NEITHER || keyMap.isPresent()
            ? Optional.empty()
            : new Sequences(session, shadow.names())
                .numbering(legacy, canonical, pairs.legacy(), pairs.canonical());
    if (numbering.isPresent() && !leadsCanonical) {
      throw unsupported(
          legacy.name()
              + " and another legacy relation of "
              + to
              + " number their rows each by"
              + " itself: two rows would get one number",
          "give both one sequence, or keys that cannot meet, before the rollout");
    }
    var plan =
        new ShadowPlan(
            id,
            side(legacy, pairs.legacy(), collations.legacy()),
            side(canonical, pairs.canonical(), collations.canonical()),
            to,
            leadsLegacy ? shadow.legacyName() : LegacyName.KEEP,
            ups,
            downs,
            numbering,
            leadsCanonical ? disabledTriggers(canonical) : List.of(),
            shadow.foreignKeys(),
            checks.of(legacy, canonical, shadow.foreignKeys(), leaving(session, runbook)),
            leadsCanonical
                ? new CanonicalNames(session, shadow.names())
                    .of(
                        canonical,
                        to,
                        Optional.of(legacy)
                            .filter(l -> leadsLegacy && shadow.legacyName() != LegacyName.KEEP),
                        TargetState.find(session).flatMap(_ -> TargetState.canonical(session)))
                : List.of(),
            rows,
            canonicalRows,
            shadow.partOf(),
            parts.cleared(id, ups, downs, pairs, probe),
            keyMap,
            leadsLegacy,
            leadsCanonical,
            new Sequences(session, shadow.names()).owned(legacy, canonical, numbering),
            KeyHolders.of(session, canonical));
    refuse(plan, shadow);
    return plan;
  }

  private void refuse(ShadowPlan plan, Shadow shadow) {
    if (plan.canonical().partitioned() && !plan.foreignKeys().isEmpty()) {
      throw unsupported(
          "foreign-keys of "
              + plan.to()
              + ": PostgreSQL cannot add one to a partitioned table"
              + " without reading it under a lock",
          "leave it out, or let the migration create it if it points at a table that stays");
    }
    if (shadow.builtAs().isPresent()
        && plan.leadsCanonical()
        && !plan.to().equals(plan.legacy().name())
        && session.value("SELECT to_regclass(?) IS NOT NULL", plan.to().sql()).equals("t")) {
      throw unsupported(
          plan.to() + " is there already, and canonical is to take that name",
          "name another under to:, or leave out built-as:");
    }
    if (!plan.leadsLegacy()) {
      return;
    }
    var keys = new IncomingKeys(session);
    for (IncomingKeys.Key key : keys.of(plan.legacy().oid(), leaving(session, runbook))) {
      if (plan.rows().isPresent()) {
        throw unsupported(
            "foreign key "
                + key.name()
                + " of "
                + key.table()
                + " points at "
                + plan.legacy().name()
                + ", whose rows go to several relations",
            "drop the foreign key before the rollout: it cannot point at all of them");
      }
      keys.check(plan, key);
    }
  }

  /** Whether no earlier shadow of the runbook has the same relation. */
  private boolean leads(
      Runbook.Transition transition, Function<Runbook.Transition, String> relation) {
    String mine = RelationName.parse(relation.apply(transition)).sql();
    return runbook.transitions().stream()
        .filter(t -> t.shadow().isPresent())
        .filter(t -> RelationName.parse(relation.apply(t)).sql().equals(mine))
        .findFirst()
        .filter(transition::equals)
        .isPresent();
  }

  /** Relations that are legacy in this very runbook: contract takes them and their keys away. */
  private static Set<Long> leaving(PgSession session, Runbook runbook) {
    String names =
        runbook.transitions().stream()
            .filter(t -> t.kind() == Runbook.Transition.Kind.SHADOW)
            .map(t -> IncomingKeys.element(RelationName.parse(t.relation()).sql()))
            .distinct()
            .collect(Collectors.joining(",", "{", "}"));
    return Set.copyOf(
        session.query(
            """
            SELECT to_regclass(name)::oid::bigint FROM unnest(?::text[]) name
            WHERE to_regclass(name) IS NOT NULL
            """,
            row -> row.getLong(1),
            names));
  }

  private List<ShadowPlan.DisabledTrigger> disabledTriggers(TableShape canonical) {
    return session.query(
        """
        SELECT tgname, tgenabled::text FROM pg_trigger
        WHERE tgrelid = ?::bigint::oid AND NOT tgisinternal AND tgenabled <> 'D'
          AND tgname NOT LIKE '!rubicon\\_%'
          AND tgfoid <> ALL (?::bigint[]::oid[])
        ORDER BY tgname
        """,
        row -> new ShadowPlan.DisabledTrigger(row.getString(1), row.getString(2)),
        canonical.oid(),
        KeyHolders.array(session, canonical));
  }

  private Side side(TableShape table, List<String> identity, List<String> collation) {
    var equality = new Equality(session);
    var text = new KeyText(session);
    return new Side(
        table.name(),
        table.oid(),
        table.columns().stream().map(c -> new Side.Column(c.name(), c.type())).toList(),
        identity,
        identity.stream().map(column -> equality.of(table.oid(), column)).toList(),
        collation,
        identity.stream().map(column -> text.of(table.oid(), column)).toList(),
        table.key().stream().map(KeyColumn::name).toList(),
        referable(table, identity),
        table.columns().stream().anyMatch(TableShape.Column::identity),
        !table.triggers().isEmpty(),
        table.kind().equals("p"));
  }

  /**
   * A foreign key needs a unique index that is neither partial, nor of expressions, nor deferrable.
   */
  private List<String> referable(TableShape table, List<String> identity) {
    return session.query(
        """
        SELECT DISTINCT a.attname::text
        FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
        WHERE i.indrelid = ?::bigint::oid AND i.indisunique AND i.indimmediate
          AND i.indpred IS NULL AND i.indexprs IS NULL
          AND a.attname <> ALL (?::text[])
        ORDER BY 1
        """,
        row -> row.getString(1),
        table.oid(),
        identity.toArray(String[]::new));
  }
}
