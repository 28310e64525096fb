package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.number;
import static dev.rubicon.yaml.Scalars.text;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Backup;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.Runbook.Backfill;
import dev.rubicon.runbook.Runbook.ConcurrentIndex;
import dev.rubicon.runbook.Runbook.Expand;
import dev.rubicon.runbook.Runbook.Rehearse;
import dev.rubicon.runbook.Runbook.Throttle;
import dev.rubicon.yaml.Choice;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Backup, clone, rehearsal, expand and backfill: the phases before the crossing. */
final class SourceShape {
  private static final Pattern CREATE_INDEX =
      Pattern.compile(
          "^\\s*CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+(IF\\s+NOT\\s+EXISTS\\s+)?"
              + "(\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)\\s+ON\\s",
          Pattern.CASE_INSENSITIVE);

  private SourceShape() {}

  static Decoder<Backup> backup() {
    var keys = new Keys();
    var external =
        keys.optional("external", text(), "where the backup is; nothing of it is proven");
    var exports =
        keys.optional(
            "exports",
            Distinct.by(list(Names.relation()), "relation", r -> RelationName.parse(r).sql()),
            "pg_dump; the schema, and the rows of these relations, lie beside it as plain SQL");
    keys.exactlyOneOf(external, exports);
    return Choice.wordOr(
        "pg_dump",
        new Backup.PgDump(),
        keys.into(
            v ->
                v.get(external)
                    .<Backup>map(Backup.External::new)
                    .orElseGet(() -> new Backup.PgDump(v.get(exports)))));
  }

  static Decoder<CloneSource> cloneSource() {
    var keys = new Keys();
    var staging = keys.optional("staging", text(), "a target of rubicon.yaml that is a copy");
    var none = keys.optional("none", text(), "why there is no rehearsal");
    keys.exactlyOneOf(staging, none);
    return Choice.wordOr(
        "backup",
        new CloneSource.FromBackup(),
        keys.into(
            v ->
                v.get(staging)
                    .<CloneSource>map(CloneSource.Staging::new)
                    .orElseGet(() -> new CloneSource.None(v.get(none).orElse("?")))));
  }

  static Decoder<Rehearse> rehearse() {
    var keys = new Keys();
    var deploy = keys.optional("deploy", CheckShape.call(), "starts the new build on the clone");
    var checks =
        keys.or("checks", CheckShape.checks(), "[]", "run on the clone after the crossing");
    var undeploy = keys.optional("undeploy", CheckShape.call(), "always called after the checks");
    return keys.into(
        v -> {
          if (v.has(undeploy) && !v.has(deploy)) {
            v.problem(undeploy, "there is no 'deploy' to undo");
          }
          return new Rehearse(v.get(deploy), v.get(checks), v.get(undeploy));
        });
  }

  static Decoder<Expand> expand() {
    var keys = new Keys();
    var migrations =
        keys.optional(
            "migrations",
            Names.folder(),
            "folder of V1__name.sql, each with U1__name.sql or '-- irreversible: reason' on top");
    var concurrently =
        keys.or(
            "concurrently",
            Distinct.by(list(concurrentIndex()), "name", i -> RelationName.parse(i.name()).sql()),
            "[]",
            "indexes built outside of transactions");
    return keys.into(v -> new Expand(v.get(migrations), v.get(concurrently)));
  }

  private static Decoder<ConcurrentIndex> concurrentIndex() {
    var keys = new Keys();
    var name = keys.required("name", Names.relation(), "the index, schema.name");
    var sql =
        keys.required(
            "sql", OneSql.index(), "CREATE [UNIQUE] INDEX CONCURRENTLY name ON schema.table …");
    return keys.into(
        v -> {
          Matcher matcher = CREATE_INDEX.matcher(v.get(sql));
          if (!matcher.find()) {
            v.problem(sql, "must be CREATE [UNIQUE] INDEX CONCURRENTLY name ON schema.table");
          } else if (matcher.group(1) != null) {
            v.problem(
                sql, "leave IF NOT EXISTS out: it would take an invalid leftover for the index");
          } else if (!Names.folded(matcher.group(2))
              .equals(RelationName.parse(v.get(name)).name())) {
            v.problem(sql, "creates " + matcher.group(2) + ", not " + v.get(name));
          }
          return new ConcurrentIndex(v.get(name), v.get(sql));
        });
  }

  static Decoder<Backfill> backfill() {
    var keys = new Keys();
    var batchTarget =
        keys.or("batch-target", Durations.positive(), "150ms", "time that one batch aims at");
    var throttle = keys.or("throttle", throttle(), "{}", "what slows it down");
    var parallel = keys.or("parallel", number(1, 16), "1", "ranges that are filled at once");
    return keys.into(
        v -> new Backfill(v.get(batchTarget), v.get(throttle), Math.toIntExact(v.get(parallel))));
  }

  private static Decoder<Throttle> throttle() {
    var keys = new Keys();
    var lag =
        keys.or(
            "max-replication-lag",
            Durations.positive(),
            "10s",
            "of any streaming replica; above it the backfill waits");
    var sessions =
        keys.or(
            "max-active-sessions",
            number(0, 100_000),
            "0",
            "active client sessions other than our own; 0: no limit");
    var query = keys.optional("query", OneSql.query(), "gives one boolean; true means wait");
    return keys.into(v -> new Throttle(v.get(lag), Math.toIntExact(v.get(sessions)), v.get(query)));
  }

  static Decoder<String> runbookName() {
    return matching(
        "^[a-z0-9][a-z0-9-]{0,62}$", "a name of lower-case letters, digits and dashes (up to 63)");
  }
}
