package dev.rubicon.transition.shadow;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Foreign keys of other relations that point at legacy. Each gets a twin that points at canonical
 * once every row is there; both hold, because both sides do; contract leaves the twin under the old
 * name. So none is ever re-created under a long lock.
 */
public final class IncomingKeys {
  static final String OURS = "rubicon_";
  private static final Pattern REFERENCES =
      Pattern.compile(
          "REFERENCES (?:\"(?:[^\"]|\"\")*\"|[^\\s(\"])+\\((?:\"(?:[^\"]|\"\")*\"|[^)\"])*\\)");

  private final PgSession session;

  public IncomingKeys(PgSession session) {
    this.session = session;
  }

  /**
   * @param table whose key it is
   * @param columns of legacy that it points at
   */
  public record Key(String name, RelationName table, String definition, List<String> columns) {
    public String twin() {
      return Identifiers.fitting(OURS + name());
    }
  }

  /**
   * @param leaving relations that contract takes away themselves
   */
  public List<Key> of(long legacy, Set<Long> leaving) {
    return read(legacy, "c.conrelid <> ALL (?::bigint[]::oid[])", leaving);
  }

  /** Those of relations that leave, too. */
  public List<Key> among(long legacy, Set<Long> leaving) {
    return read(legacy, "c.conrelid = ANY (?::bigint[]::oid[])", leaving);
  }

  private List<Key> read(long legacy, String whose, Set<Long> leaving) {
    return session.query(
        """
        SELECT c.conname, n.nspname, r.relname, pg_get_constraintdef(c.oid),
               (SELECT array_agg(a.attname::text ORDER BY k.at)
                FROM unnest(c.confkey) WITH ORDINALITY k (attnum, at)
                JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum)
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = r.relnamespace
        WHERE c.contype = 'f' AND c.confrelid = ?::bigint::oid AND c.conparentid = 0
          AND c.conrelid <> c.confrelid AND %s
        ORDER BY 2, 3, 1
        """
            .formatted(whose),
        row ->
            new Key(
                row.getString(1),
                new RelationName(row.getString(2), row.getString(3)),
                row.getString(4),
                Arrays.asList((String[]) row.getArray(5).getArray())),
        legacy,
        leaving.toString().replace('[', '{').replace(']', '}'));
  }

  /** One that came after the last verification has no twin, and would end with legacy. */
  public void refuseWithoutTwins(ShadowPlan plan, Set<Long> leaving) {
    if (!plan.leadsLegacy()) {
      return;
    }
    for (Key key : of(plan.legacy().oid(), leaving)) {
      if (ConstraintBuild.validated(session, key.table(), key.twin()).isEmpty()) {
        throw new RubiconException(
            ErrorCode.CONTRACT_NOT_DUE,
            "foreign key "
                + key.name()
                + " of "
                + key.table()
                + " points at "
                + plan.legacy().name()
                + ", and none like it at "
                + plan.to()
                + ": it came after the last verification",
            "drop it, and add one to " + plan.to() + " where it is needed; then: rubicon contract");
      }
    }
  }

  /** Canonical's columns that hold what the key points at. */
  public static List<String> targets(ShadowPlan plan, Key key) {
    var targets = new ArrayList<String>();
    for (String column : key.columns()) {
      int at = plan.legacy().identity().indexOf(column);
      targets.add(
          at >= 0
              ? plan.canonical().identity().get(at)
              : plan.ups().stream()
                  .filter(up -> up.source().equals(Source.column(column)))
                  .map(Derived::column)
                  .findFirst()
                  .orElseThrow(
                      () ->
                          refused(
                              plan, key, "canonical has no column that simply holds " + column)));
    }
    return targets;
  }

  /** Refuses what cannot be pointed anew. */
  public void check(ShadowPlan plan, Key key) {
    List<String> targets = targets(plan, key);
    if (plan.keyMap().isPresent()) {
      throw unsupported(
          "foreign key "
              + key.name()
              + " of "
              + key.table()
              + " points at "
              + plan.legacy().name()
              + ", whose key becomes another",
          "give "
              + key.table()
              + " a shadow too, with up: mapped(<its column>, "
              + plan.legacy().name()
              + ")");
    }
    if (target(plan, key).isEmpty()) {
      throw refused(
          plan,
          key,
          "canonical is not unique over "
              + targets
              + " (a partitioned table is so only together with its partition key)",
          "drop the foreign key before the rollout, give canonical a unique key that it can use, or"
              + " name a table under key-tables: {table: "
              + holder(plan, targets)
              + ", relation: "
              + plan.to()
              + ", columns: ["
              + String.join(", ", targets)
              + "]}, which canonical and a migration create: "
              + holderSql(plan, targets));
    }
  }

  /**
   * What its twin points at: canonical, or a table that canonical's own triggers keep, which holds
   * those columns once each.
   */
  public Optional<RelationName> target(ShadowPlan plan, Key key) {
    List<String> targets = targets(plan, key);
    if (unique(plan.canonical().oid(), targets)) {
      return Optional.of(ShadowNames.of(session, plan.canonical()));
    }
    return plan.keyHolders().stream()
        .filter(holder -> unique(holder.oid(), targets))
        .findFirst()
        .flatMap(holder -> ShadowNames.find(session, holder.oid()));
  }

  private boolean unique(long table, List<String> columns) {
    return session
        .value(
            """
            SELECT EXISTS (
              SELECT FROM pg_index i
              WHERE i.indrelid = ?::bigint::oid AND i.indisunique AND i.indisvalid
                AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
                AND i.indnkeyatts = ?
                AND (SELECT bool_and(a.attname = ANY (?::text[]))
                     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, at)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                     WHERE k.at <= i.indnkeyatts))
            """,
            table,
            columns.size(),
            array(columns))
        .equals("t");
  }

  private static RelationName holder(ShadowPlan plan, List<String> columns) {
    return new RelationName(
        plan.to().schema(),
        Identifiers.fitting(plan.to().name() + "_" + String.join("_", columns)));
  }

  private static String holderSql(ShadowPlan plan, List<String> columns) {
    return "CREATE TABLE "
        + holder(plan, columns).sql()
        + plan.canonical().columns().stream()
            .filter(column -> columns.contains(column.name()))
            .map(column -> Identifiers.quote(column.name()) + " " + column.type())
            .collect(java.util.stream.Collectors.joining(", ", " (", ", PRIMARY KEY ("))
        + columns.stream()
            .map(Identifiers::quote)
            .collect(java.util.stream.Collectors.joining(", "))
        + "))";
  }

  private static RuntimeException refused(ShadowPlan plan, Key key, String why) {
    return refused(
        plan,
        key,
        why,
        "drop the foreign key before the rollout, or give canonical a unique key that it can use");
  }

  private static RuntimeException refused(ShadowPlan plan, Key key, String why, String next) {
    return unsupported(
        "foreign key "
            + key.name()
            + " of "
            + key.table()
            + " points at "
            + plan.legacy().name()
            + " and cannot point at "
            + plan.to()
            + ": "
            + why,
        next);
  }

  /**
   * The twin, not yet validated.
   *
   * @param target of {@link #target}
   */
  public static String add(ShadowPlan plan, Key key, RelationName target) {
    String columns =
        targets(plan, key).stream()
            .map(Identifiers::quote)
            .collect(java.util.stream.Collectors.joining(", "));
    String definition =
        REFERENCES
            .matcher(key.definition().replaceFirst(" NOT VALID$", ""))
            .replaceFirst(
                Matcher.quoteReplacement("REFERENCES " + target.sql() + " (" + columns + ")"));
    return "ALTER TABLE "
        + key.table().sql()
        + " ADD CONSTRAINT "
        + Identifiers.quote(key.twin())
        + " "
        + StatementChecks.twin(definition)
        + " NOT VALID";
  }

  private static String array(List<String> names) {
    return names.stream()
        .map(IncomingKeys::element)
        .collect(java.util.stream.Collectors.joining(",", "{", "}"));
  }

  /** One name in an array literal. */
  public static String element(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
