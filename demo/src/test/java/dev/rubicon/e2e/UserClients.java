package dev.rubicon.e2e;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of {@code public.users} and of what it is split into. All append to the same shared
 * names, a word for each write, so that a write that was lost shows, and one that was made twice;
 * each has rows of its own besides, which come, go, and take and lose their part.
 */
final class UserClients implements AutoCloseable {
  static final String GONE = "gone";
  static final String NO_PART = "no part";

  private final Database database;
  private final List<UUID> shared;
  private final Map<UUID, String> untouched;
  private final Map<UUID, Set<String>> own = new ConcurrentHashMap<>();
  private final Set<String> sureWords = ConcurrentHashMap.newKeySet();
  private final Set<String> doubtfulWords = ConcurrentHashMap.newKeySet();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final Map<Side, AtomicInteger> acknowledged =
      Map.of(Side.OLD, new AtomicInteger(), Side.NEW, new AtomicInteger());
  private final AtomicInteger doubts = new AtomicInteger();
  private final List<UserClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Two of each side; those of the new one wait until its names take clients. */
  UserClients(Database database, int shared) throws SQLException {
    this.database = database;
    this.untouched = read("SELECT id, display_name FROM public.users");
    this.shared =
        untouched.entrySet().stream()
            .filter(e -> !e.getValue().equals(NO_PART))
            .map(Map.Entry::getKey)
            .sorted()
            .limit(shared)
            .toList();
    for (Side side : List.of(Side.OLD, Side.OLD, Side.NEW, Side.NEW)) {
      var client = new UserClient(this, side, clients.size());
      clients.add(client);
      threads.add(Thread.ofPlatform().daemon().start(client));
    }
  }

  Database database() {
    return database;
  }

  List<UUID> shared() {
    return shared;
  }

  void appended(Side side, String word) {
    sureWords.add(word);
    acknowledged.get(side).incrementAndGet();
  }

  void mayHaveAppended(String word) {
    doubtfulWords.add(word);
    doubts.incrementAndGet();
  }

  void stands(Side side, UUID id, String value) {
    own.put(id, Set.of(value));
    acknowledged.get(side).incrementAndGet();
  }

  void mayStand(UUID id, String before, String after) {
    own.put(id, Set.of(before, after));
    doubts.incrementAndGet();
  }

  void error(String what) {
    errors.add(what);
  }

  int acknowledged(Side side) {
    return acknowledged.get(side).get();
  }

  /** Writes that were under way when their connection went. */
  int doubts() {
    return doubts.get();
  }

  void stop(Side side) {
    for (UserClient client : clients) {
      if (client.side() == side) {
        client.stop();
      }
    }
    for (int i = 0; i < clients.size(); i++) {
      if (clients.get(i).side() == side) {
        join(threads.get(i));
      }
    }
  }

  /** What canonical holds against what was acknowledged; call {@link #stop} first. */
  List<String> problems() throws SQLException {
    var problems = new ArrayList<>(errors);
    var left =
        new HashMap<>(
            read(
                "SELECT id, CASE WHEN p.user_id IS NULL THEN NULL ELSE coalesce(full_name, 'null')"
                    + " END FROM public.app_users LEFT JOIN public.user_profiles p ON user_id ="
                    + " id"));
    var words = new TreeMap<String, Integer>();
    for (UUID id : shared) {
      String now = left.getOrDefault(id, GONE);
      String before = untouched.get(id);
      if (!now.startsWith(before)) {
        problems.add(id + ": " + before + " became " + now);
        continue;
      }
      Arrays.stream(now.substring(before.length()).split(" "))
          .filter(word -> !word.isEmpty())
          .forEach(word -> words.merge(word, 1, Integer::sum));
    }
    shared.forEach(left::remove);
    untouched.forEach(
        (id, before) -> {
          if (!shared.contains(id) && !left.getOrDefault(id, GONE).equals(before)) {
            problems.add(id + ": " + before + " became " + left.get(id));
          }
        });
    untouched.keySet().forEach(left::remove);
    own.forEach(
        (id, right) -> {
          String now = Optional.ofNullable(left.remove(id)).orElse(GONE);
          if (!right.contains(now)) {
            problems.add(id + ": " + now + " instead of " + right);
          }
        });
    left.forEach((id, value) -> problems.add(id + ": nobody's, " + value));
    words.forEach(
        (word, times) -> {
          if (times > 1 || !sureWords.contains(word) && !doubtfulWords.contains(word)) {
            problems.add(word + ": " + times + " times");
          }
        });
    var lost = new TreeSet<>(sureWords);
    lost.removeAll(words.keySet());
    lost.forEach(word -> problems.add(word + ": lost"));
    return problems;
  }

  private Map<UUID, String> read(String sql) throws SQLException {
    var rows = new HashMap<UUID, String>();
    try (Connection connection = database.connect("proof")) {
      Jdbc.query(
              connection,
              sql,
              row ->
                  Map.entry(
                      row.getObject(1, UUID.class),
                      Optional.ofNullable(row.getString(2)).orElse(NO_PART)))
          .forEach(row -> rows.put(row.getKey(), row.getValue()));
    }
    return rows;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop(Side.OLD);
    stop(Side.NEW);
  }
}
