package dev.rubicon.oracle;

import dev.rubicon.oracle.Attempt.Step;
import dev.rubicon.oracle.RolloutStage.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Several clients, of either side, write one row and its counterpart at the same time. Afterwards
 * {@link SerialReplay} runs on the reference, one after the other, what they have committed.
 */
final class ConcurrentClients {
  /** Each a thread of its own, however few processors there are. */
  private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

  private final List<Connection> connections;
  private final Connection reference;
  private final Random random;
  private final Tally tally;

  ConcurrentClients(List<Connection> connections, Connection reference, Random random, Tally tally)
      throws SQLException {
    this.connections = connections;
    this.reference = reference;
    this.random = random;
    this.tally = tally;
    for (Connection connection : connections) {
      Attempt.execute(connection, "SET TIME ZONE 'UTC'");
      Attempt.execute(connection, "SET statement_timeout = '60s'");
    }
  }

  void run(Case c, RolloutStage stage) throws SQLException {
    c.learn(connections.getFirst(), stage);
    var key = new Key(c, stage);
    var attempts = new ArrayList<Attempt>();
    for (int i = 1 + random.nextInt(connections.size() - 1); i >= 0; i--) {
      attempts.add(attempt(c, stage, key));
    }
    var start = new CountDownLatch(1);
    var running =
        IntStream.range(0, attempts.size())
            .mapToObj(
                i -> CompletableFuture.runAsync(() -> run(attempts.get(i), i, start), THREADS))
            .toList();
    start.countDown();
    try {
      running.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      attempts.forEach(a -> a.script().forEach(c::happens));
      throw new IllegalStateException(e.getCause());
    }
    new SerialReplay(c, reference, tally).check(attempts, stage);
  }

  private void run(Attempt attempt, int client, CountDownLatch start) {
    try {
      start.await();
      attempt.run(connections.get(client));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Attempt attempt(Case c, RolloutStage stage, Key key) {
    Names names = stage.draw(random);
    var steps = new ArrayList<Step>();
    for (int i = random.nextInt(3) / 2; i >= 0; i--) {
      steps.add(step(c, stage, names, key));
    }
    var pauses = Stream.generate(() -> random.nextInt(1_500)).limit(steps.size() + 1L).toList();
    return new Attempt(
        Client.LEVELS.get(random.nextInt(Client.LEVELS.size())),
        ClientRole.draw(random, c),
        steps,
        random.nextInt(8) == 0,
        pauses);
  }

  /** One that has something to write, or somewhere to write it. */
  private Step step(Case c, RolloutStage stage, Names names, Key key) {
    while (true) {
      Side side = Side.values()[random.nextInt(2)];
      boolean may = side == Side.LEGACY ? stage.legacy() : stage.canonical(c.shape);
      List<Relation> relations = c.shape.relations(side);
      Relation relation = relations.get(random.nextInt(relations.size()));
      Optional<String> name =
          names == Names.BEFORE
              ? Optional.of(relation.places().before())
              : relation.places().after();
      List<Map<String, String>> rows = key.rows(side, relation);
      List<Map<String, String>> places = key.places(side, relation);
      if (!may || name.isEmpty() || rows.isEmpty() && places.isEmpty()) {
        continue;
      }
      boolean view = names == Names.AFTER && relation.places().view();
      var ops =
          new OpGenerator(
              random,
              relation,
              rows,
              Optional.of(places),
              key.parents(side, relation),
              stage.legacy(),
              new WholeRows.May(false, side == Side.LEGACY || stage.full()));
      Op op = Stream.generate(ops::draw).filter(o -> !view || !o.onlyForTables()).findFirst().get();
      Op sent = c.shape.aliases().map(a -> a.sent(op)).orElse(op);
      return new Step(side, op, sent, name.get());
    }
  }

  /** What the clients write: a row of either side, a key that is free, a child. */
  private final class Key {
    private final Case c;
    private final List<String> taken;
    private final List<String> free;
    private final List<String> freeUuid =
        List.of(new UUID(random.nextLong(), random.nextLong()).toString());
    private final Map<String, String> wide = new HashMap<>();
    private final boolean legacy;

    /** Whether a key that two relations would have in common is refused. */
    private final boolean watched;

    private final int child = random.nextInt(1_000);

    Key(Case c, RolloutStage stage) {
      this.c = c;
      this.legacy = stage.legacy();
      this.watched = stage.full() && stage.legacy();
      Relation first = c.shape.relations(Side.LEGACY).getFirst();
      var rows = List.copyOf(c.reference.of(Side.LEGACY, first).values());
      this.taken =
          rows.isEmpty() ? List.of() : first.identity(rows.get(random.nextInt(rows.size())));
      this.free = first.identity().stream().map(k -> first.field(k).draw(random)).toList();
    }

    private List<String> taken(Side side) {
      return side == Side.LEGACY || taken.isEmpty()
          ? taken
          : c.shape.aliases().map(a -> List.of(a.canonical(taken.getFirst()))).orElse(taken);
    }

    /** Nobody can know the other side's before it is there. */
    private List<String> free(Side side) {
      return side == Side.CANONICAL && c.shape.aliases().isPresent() ? freeUuid : free;
    }

    private boolean isChild(Relation relation) {
      return c.shape.child().filter(x -> x.relation() == relation).isPresent();
    }

    List<Map<String, String>> rows(Side side, Relation relation) {
      var rows = c.reference.of(side, relation).values();
      return isChild(relation)
          ? rows.stream().skip(rows.isEmpty() ? 0 : child % rows.size()).limit(1).toList()
          : rows.stream().filter(r -> relation.identity(r).equals(taken(side))).limit(1).toList();
    }

    List<Map<String, String>> places(Side side, Relation relation) {
      var only = c.shape.places(side, relation, c.reference);
      if (only.isPresent()) {
        return only.get().stream().filter(p -> relation.identity(p).equals(taken(side))).toList();
      }
      if (!watched && relation != c.shape.relations(side).getFirst() && !isChild(relation)) {
        // Relations that are one on the other side have no key in common.
        return List.of();
      }
      var place = new HashMap<String, String>();
      for (String k : relation.key()) {
        String any = relation.field(k).draw(random);
        // Where canonical's key is wider, legacy's says that there is one row; once it has gone,
        // nothing does.
        place.put(k, legacy ? any : wide.computeIfAbsent(k, _ -> any));
      }
      if (isChild(relation)) {
        place.put("id", Integer.toString(child));
      } else {
        for (int i = 0; i < free.size(); i++) {
          place.put(relation.identity().get(i), free(side).get(i));
        }
      }
      return List.of(place);
    }

    Optional<OpGenerator.Parents> parents(Side side, Relation relation) {
      return OpGenerator.Parents.of(c.shape, side, relation, target -> rows(side, target));
    }
  }
}
