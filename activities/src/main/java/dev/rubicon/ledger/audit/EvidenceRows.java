package dev.rubicon.ledger.audit;

import static dev.rubicon.ledger.jooq.Tables.AUDIT_ENTRY;
import static dev.rubicon.ledger.jooq.Tables.EVIDENCE;
import static dev.rubicon.ledger.jooq.Tables.PHASE_RUN;

import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.rollout.PhaseInput;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * What phases measured. The trail gets its SHA-256 when the phase ends, once, however often the
 * phase replaced it; what is recorded while the phase does not run, such as a hook's answer, has an
 * entry of its own.
 */
public final class EvidenceRows {
  /** Action of such an entry. */
  static final String RECORDED = "evidence-recorded";

  /** PostgreSQL's own text of the value, the same for every writer. */
  static final Field<String> SHA256 =
      DSL.field(
          "encode(sha256(convert_to({0}::text, 'UTF8')), 'hex')", String.class, EVIDENCE.VALUE);

  private EvidenceRows() {}

  public static boolean record(DSLContext context, PhaseInput input, String name, Object value) {
    boolean runs = runs(context, input);
    Optional<String> before = there(context, input, name);
    String sha256 =
        context
            .insertInto(EVIDENCE)
            .set(EVIDENCE.ROLLOUT, input.rollout())
            .set(EVIDENCE.PHASE, input.phase().word())
            .set(EVIDENCE.ROUND, input.round())
            .set(EVIDENCE.NAME, name)
            .set(EVIDENCE.VALUE, LedgerJson.write(value))
            .onConflict(EVIDENCE.ROLLOUT, EVIDENCE.PHASE, EVIDENCE.ROUND, EVIDENCE.NAME)
            .doUpdate()
            .set(EVIDENCE.VALUE, DSL.excluded(EVIDENCE.VALUE))
            .set(EVIDENCE.RECORDED_AT, LedgerConnections.now())
            .returningResult(SHA256)
            .fetchSingle()
            .value1();
    if (!runs && before.filter(sha256::equals).isEmpty()) {
      String of =
          "evidence/" + input.phase().word() + "/" + input.round() + "/" + name + "/" + sha256;
      AuditTrail.append(
          context,
          of + "/" + (1 + entered(context, input.rollout() + "/" + of + "/")),
          input.rollout(),
          "rubicon",
          RECORDED,
          Map.of(
              "phase", input.phase().word(),
              "round", input.round(),
              "evidence", Map.of(name, sha256)));
    }
    return true;
  }

  /** A retry finds what it has recorded. */
  private static Optional<String> there(DSLContext context, PhaseInput input, String name) {
    return context
        .select(SHA256)
        .from(EVIDENCE)
        .where(EVIDENCE.ROLLOUT.eq(input.rollout()))
        .and(EVIDENCE.PHASE.eq(input.phase().word()))
        .and(EVIDENCE.ROUND.eq(input.round()))
        .and(EVIDENCE.NAME.eq(name))
        .forUpdate()
        .fetchOptional(SHA256);
  }

  /** How often: what is recorded may become again what it was. */
  private static int entered(DSLContext context, String prefix) {
    return context.fetchCount(AUDIT_ENTRY, AUDIT_ENTRY.IDEMPOTENCY_KEY.startsWith(prefix));
  }

  /** Of a restored ledger the trail may lack that it began: then nothing says what it ends with. */
  private static boolean runs(DSLContext context, PhaseInput input) {
    return running(context, input)
        && context
            .select(AUDIT_ENTRY.ACTION)
            .from(AUDIT_ENTRY)
            .where(AUDIT_ENTRY.ROLLOUT.eq(input.rollout()))
            .and(AUDIT_ENTRY.ACTION.startsWith("phase-"))
            .and(
                DSL.condition(
                    "{0} ->> 'phase' = {1} AND ({0} ->> 'round')::int = {2}",
                    AUDIT_ENTRY.DETAIL, DSL.val(input.phase().word()), DSL.val(input.round())))
            .orderBy(AUDIT_ENTRY.SEQ.desc())
            .limit(DSL.inline(1))
            .fetchOptional(AUDIT_ENTRY.ACTION)
            .filter("phase-started"::equals)
            .isPresent();
  }

  /** Its end waits until this evidence is there to be counted. */
  private static boolean running(DSLContext context, PhaseInput input) {
    return context
        .selectOne()
        .from(PHASE_RUN)
        .where(PHASE_RUN.ROLLOUT.eq(input.rollout()))
        .and(PHASE_RUN.PHASE.eq(input.phase().word()))
        .and(PHASE_RUN.ROUND.eq(input.round()))
        .and(PHASE_RUN.OUTCOME.eq("running"))
        .forShare()
        .fetchOptional()
        .isPresent();
  }

  /** SHA-256 of each piece of evidence that the phase has, by name. */
  public static Map<String, String> digests(DSLContext context, PhaseInput input) {
    Condition ofPhase =
        EVIDENCE
            .ROLLOUT
            .eq(input.rollout())
            .and(EVIDENCE.PHASE.eq(input.phase().word()))
            .and(EVIDENCE.ROUND.eq(input.round()));
    return new TreeMap<>(
        context
            .select(EVIDENCE.NAME, SHA256)
            .from(EVIDENCE)
            .where(ofPhase)
            .fetchMap(EVIDENCE.NAME, SHA256));
  }
}
