package dev.rubicon.sequence;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/**
 * Sets sequences that are behind, where the runbook says {@code fix: sequences}. What it has set
 * stands on the target, in the transaction that set it: a phase that runs again reports the same.
 *
 * <p>{@code setval} by itself would race: between the look at the position and the call, others
 * draw numbers, and a position that is set back repeats them. {@code ALTER SEQUENCE} takes SHARE
 * ROW EXCLUSIVE on the sequence, against which {@code nextval} and {@code setval} of others wait
 * until the commit; position and columns are read behind it. It also gives the sequence a new file,
 * by which the whole is undone with the transaction, and by which other sessions drop the numbers
 * that they have cached: those may be in use, too. So nothing is handed out twice, the position
 * only moves on, and numbers are skipped, never repeated.
 *
 * <p>Source: PostgreSQL documentation, 9.17 "Sequence Manipulation Functions", and "ALTER
 * SEQUENCE", Notes; {@code init_sequence} in src/backend/commands/sequence.c for the cached
 * numbers.
 */
public final class SequenceRepair {
  private static final String MEMORY =
      """
      CREATE TABLE IF NOT EXISTS rubicon.sequence_repair (
        id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sequence text NOT NULL,
        columns  text NOT NULL,
        phase    text NOT NULL,
        was      bigint NOT NULL,
        set_to   bigint NOT NULL,
        at       timestamptz NOT NULL DEFAULT clock_timestamp())
      """;

  private SequenceRepair() {}

  /**
   * @param next that it would have handed out before
   * @param setTo that it handed out from then on
   */
  public record Repaired(String sequence, String columns, String phase, long next, long setTo) {
    /** Under which name it is recorded. */
    public static final EvidenceName<List<Repaired>> EVIDENCE =
        EvidenceName.ofList("sequences-set", Repaired.class);

    @Override
    public String toString() {
      return sequence + " set behind what " + columns + " holds";
    }
  }

  public static boolean wanted(Runbook runbook) {
    return runbook.fix().filter(fix -> fix == Runbook.Fix.SEQUENCES).isPresent();
  }

  /** All that are behind, each in a short transaction of its own: clients may hold any of them. */
  public static void run(PhaseContext context, PgSession session, LockLadder ladder) {
    List<Feeding> catalog = Feeding.read(session, context.runbook().schemas());
    for (SequenceState state : SequenceReader.read(session, context.runbook().schemas())) {
      if (!settable(state)) {
        continue;
      }
      Feeding sequence =
          catalog.stream()
              .filter(one -> one.name().toString().equals(state.sequence()))
              .findFirst()
              .orElseThrow();
      context.progress().update("sequences", 0, 0, state.sequence() + " is behind: it is set");
      ladder.run(
          session,
          context.progress(),
          List.of(sequence.name()),
          () -> {
            set(
                session,
                sequence,
                SequenceReader.withSequenceLocked(session),
                context.input().phase());
            return true;
          });
    }
  }

  /** What is looked at once more under a lock, so that little is left to do there. */
  public static final class Ahead {
    private final List<Feeding> sequences;

    private Ahead(List<Feeding> sequences) {
      this.sequences = sequences;
    }

    /** Those whose columns are the relations'; without a lock, for the catalog is large. */
    public static Ahead of(PgSession session, List<String> schemas, List<RelationName> relations) {
      return new Ahead(
          Feeding.read(session, schemas).stream()
              .filter(
                  sequence ->
                      sequence.columns().stream()
                          .anyMatch(column -> relations.contains(column.table())))
              .toList());
    }

    /** In the transaction that has locked the relations, under the names of before. */
    public void underLock(PgSession session, Phase phase) {
      var reader = SequenceReader.underLock(session);
      for (Feeding sequence : sequences) {
        if (settable(reader.state(sequence))) {
          set(session, sequence, reader, phase);
        }
      }
    }
  }

  private static boolean settable(SequenceState state) {
    return state.free().isPresent() && state.ours();
  }

  private static void set(PgSession session, Feeding sequence, SequenceReader reader, Phase phase) {
    // As it is: for the lock and the new file.
    session.execute(
        "ALTER SEQUENCE " + sequence.name().sql() + " INCREMENT BY " + sequence.increment());
    SequenceState state = reader.state(sequence);
    if (!settable(state)) {
      return;
    }
    session.value(
        "SELECT setval(?::regclass, ?::bigint, false)",
        sequence.name().sql(),
        state.free().orElseThrow());
    session.execute(MEMORY);
    session.update(
        "INSERT INTO rubicon.sequence_repair (sequence, columns, phase, was, set_to)"
            + " VALUES (?, ?, ?, ?::bigint, ?::bigint)",
        state.sequence(),
        state.columns(),
        phase.word(),
        state.next().orElseThrow(),
        state.free().orElseThrow());
  }

  /** What was set on this target, oldest first. */
  public static List<Repaired> done(PgSession session) {
    if (session.value("SELECT to_regclass('rubicon.sequence_repair') IS NULL").equals("t")) {
      return List.of();
    }
    return session.query(
        "SELECT sequence, columns, phase, was, set_to FROM rubicon.sequence_repair ORDER BY id",
        row ->
            new Repaired(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5)));
  }
}
