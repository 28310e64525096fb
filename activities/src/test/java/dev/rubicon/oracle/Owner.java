package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Somebody who does {@link OwnersDdl} between the phases. What comes of it is what docs/workflow.md
 * says: named at the gate and followed, or named and stopped until it is taken back or allowed.
 */
final class Owner {
  private static final Set<ErrorCode> STOPS =
      Set.of(
          ErrorCode.HAZARD_NOT_ALLOWED,
          ErrorCode.TARGET_CHANGED,
          ErrorCode.CONTRACT_NOT_DUE,
          ErrorCode.TRANSITION_UNSUPPORTED);

  private final Bench bench;
  private final List<Case> cases;
  private final Random random;
  private final Tally tally;
  private int next;

  /** From before an abort: nobody has to name it, but contract may stop at a view. */
  private final List<OwnersDdl> earlier = new ArrayList<>();

  /** What the rollout has yet to name, or has named and not crossed with. */
  private final List<OwnersDdl> open = new ArrayList<>();

  /** Done behind a crossing that was taken back: the gate only names it. */
  private final List<OwnersDdl> noted = new ArrayList<>();

  /** What it has crossed with. */
  private final List<OwnersDdl> crossed = new ArrayList<>();

  Owner(Bench bench, List<Case> cases, Random random, Tally tally) {
    this.bench = bench;
    this.cases = cases;
    this.random = random;
    this.tally = tally;
    this.next = random.nextInt(OwnersDdl.Kind.values().length);
  }

  /**
   * Perhaps some work, each on a relation of another case.
   *
   * @return whether there was any
   */
  boolean work(String moment, RolloutStage stage) throws SQLException {
    if (random.nextInt(3) == 0) {
      return false;
    }
    int before = open.size();
    int first = random.nextInt(cases.size());
    for (int i = 0; i < 2; i++) {
      Case c = cases.get((first + i) % cases.size());
      OwnersDdl.Kind kind = OwnersDdl.Kind.values()[next++ % OwnersDdl.Kind.values().length];
      Relation relation = c.shape.relations(Side.LEGACY).getFirst();
      // Behind a view, or hidden, it is in no schema of the owner's.
      boolean there =
          stage.names() == RolloutStage.Names.BEFORE
              || relation.places().after().isPresent() && !relation.places().view();
      boolean known = all().stream().anyMatch(o -> o.relation() == relation && o.kind() == kind);
      if (!there || known) {
        continue;
      }
      var ddl =
          new OwnersDdl(
              c,
              relation,
              kind,
              bench.one("SELECT " + c.oid(relation) + "::regclass"),
              "theirs_" + next);
      c.happens("-- an owner: " + ddl.sql() + ";");
      execute(ddl.sql());
      open.add(ddl);
      tally.one("an owner's " + kind);
      tally.one("an owner's work " + moment);
    }
    return open.size() > before;
  }

  private List<OwnersDdl> all() {
    return Stream.of(open, noted, crossed, earlier).flatMap(List::stream).toList();
  }

  private void execute(String sql) throws SQLException {
    try (var connection = bench.connect("owner")) {
      for (int attempt = 0; ; attempt++) {
        try {
          Attempt.execute(connection, sql);
          return;
        } catch (SQLException e) {
          // The last of them: a GRANT takes no lock against a client's TRUNCATE.
          boolean again =
              Refusal.AGAIN.contains(e.getSQLState())
                  || e.getMessage().contains("tuple concurrently updated");
          if (!again || attempt > 50) {
            throw e;
          }
        }
      }
    }
  }

  /** The gate names all of it, and says what it has followed. */
  void named(List<String> others, boolean before) {
    for (OwnersDdl ddl : noted) {
      assertThat(others)
          .as("%s", ddl)
          .anyMatch(o -> o.contains(ddl.named()) && o.endsWith("(before the rollback)"));
    }
    for (OwnersDdl ddl : open) {
      Optional<String> line = others.stream().filter(o -> o.contains(ddl.named())).findFirst();
      assertThat(line).as("%s among %s", ddl, others).isPresent();
      assertThat(before && blocks(ddl) && !bench.hazards.contains("hazard:*"))
          .as("%s has not stopped it", ddl)
          .isFalse();
      // What another relation of a merge still grants, canonical keeps.
      boolean alone =
          ddl.of().shape.transitions().stream().map(t -> t.relation()).distinct().count() == 1;
      boolean follows = ddl.kind() != OwnersDdl.Kind.REVOKE || alone;
      if (before && ddl.kind().followed() && follows && !ddl.of().shape.inPlace()) {
        follows(ddl);
      }
    }
  }

  private void follows(OwnersDdl ddl) {
    for (Relation canonical : ddl.of().shape.counterparts(Side.LEGACY, ddl.relation())) {
      if (ddl.of().shape.child().filter(c -> c.relation() == canonical).isPresent()) {
        continue;
      }
      String oid = ddl.of().oid(canonical);
      String may = "SELECT has_table_privilege('%s', " + oid + "::oid, 'SELECT')";
      String is =
          switch (ddl.kind()) {
            case GRANT -> bench.one(may.formatted(OwnersDdl.GRANTEE));
            case REVOKE -> bench.one("SELECT NOT (" + may.formatted(OwnersDdl.REVOKED) + ")");
            default ->
                bench.one(
                    "SELECT pg_get_userbyid(relowner) = '"
                        + OwnersDdl.OWNER
                        + "' FROM pg_class WHERE oid = "
                        + oid);
          };
      assertThat(is).as("%s on %s", ddl, canonical.name()).isEqualTo("t");
    }
  }

  /** Whether a crossing would leave it behind. */
  private static boolean blocks(OwnersDdl ddl) {
    return !ddl.of().shape.inPlace() && !ddl.kind().followed() && !ddl.kind().harmless();
  }

  /** Takes back, or allows, what a phase has stopped at; it must have been told what. */
  void stopped(RubiconException stop) throws SQLException {
    var told = told(stop);
    tally.one("an owner's work stops: " + stop.code());
    if (stop.code() == ErrorCode.HAZARD_NOT_ALLOWED) {
      assertThat(told)
          .as(stop.getMessage())
          .containsAll(open.stream().filter(Owner::blocks).toList());
      if (random.nextInt(3) == 0) {
        bench.allow("hazard:*");
        return;
      }
    }
    takeBack(told);
  }

  private List<OwnersDdl> told(RubiconException stop) {
    assertThat(stop.code()).as(stop.getMessage()).isIn(STOPS);
    var told = new ArrayList<>(all());
    told.removeIf(ddl -> !stop.getMessage().contains(ddl.named()));
    assertThat(told).as("named by " + stop.getMessage()).isNotEmpty();
    return told;
  }

  private void takeBack(Collection<OwnersDdl> these) throws SQLException {
    for (OwnersDdl ddl : these) {
      String where = bench.one("SELECT " + ddl.of().oid(ddl.relation()) + "::regclass");
      var back = new OwnersDdl(ddl.of(), ddl.relation(), ddl.kind(), where, ddl.name());
      ddl.of().happens("-- an owner: " + back.back() + ";");
      execute(back.back());
    }
    open.removeAll(these);
    noted.removeAll(these);
    crossed.removeAll(these);
    earlier.removeAll(these);
  }

  void hasCrossed() {
    crossed.addAll(open);
    crossed.addAll(noted);
    open.clear();
    noted.clear();
  }

  void hasGoneBack() {
    noted.addAll(open);
    open.clear();
  }

  /** It stays, and is named. */
  void aborted(List<String> others) {
    for (OwnersDdl ddl : open) {
      if (ddl.kind() != OwnersDdl.Kind.OWNED) {
        assertThat(others).as("%s", ddl).anyMatch(o -> o.contains(ddl.named()));
      }
    }
    // To another rollout it has always been there.
    var stays = all().stream().distinct().toList();
    earlier.clear();
    earlier.addAll(stays);
    open.clear();
    noted.clear();
    crossed.clear();
    bench.hazards = "[]";
  }

  /** Contract may not have taken away what nobody was told of. */
  void contracted() {
    var since = Stream.of(open, noted, crossed).flatMap(List::stream);
    assertThat(since.filter(ddl -> !ddl.of().shape.inPlace()))
        .as("dropped unsaid")
        .noneMatch(ddl -> ddl.kind().addsColumn() && dropped(ddl));
  }

  private boolean dropped(OwnersDdl ddl) {
    return bench
        .one("SELECT count(*) FROM pg_class WHERE oid = " + ddl.of().oid(ddl.relation()))
        .equals("0");
  }
}
