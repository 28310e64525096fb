package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Intermission;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Journal;
import dev.rubicon.demo.app.client.Side;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Live traffic from outside: writers of the old version from the start, of the new version as soon
 * as the schema carries it, and users of the API. Stop them, then {@link #prove}.
 */
public final class TrafficClients implements AutoCloseable {
  private static final int WRITERS = 2;

  private final Traffic traffic;
  private final List<Writer> writers = new ArrayList<>();
  private final List<Side> sides = new ArrayList<>();
  private final List<HttpWriter> http = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private TrafficClients(Traffic traffic) {
    this.traffic = traffic;
  }

  /**
   * @param app base URL of the API; empty: nobody calls it
   * @param oldPerSecond writes of the old version over JDBC; 0: none
   * @param newPerSecond of the new version, once there is dual-write; 0: none
   * @param httpPerSecond calls of the API; 0: none
   * @param adopted rows that were there before and are written to as well
   * @param journal file in which every attempt is kept; empty: in memory only
   */
  public record Settings(
      Database database,
      Optional<URI> app,
      double oldPerSecond,
      double newPerSecond,
      double httpPerSecond,
      int adopted,
      Optional<Path> journal) {

    /** 100 writes a second on each side, 20 calls, 2,000 old rows. */
    public static Settings usual(Database database, URI app) {
      return new Settings(database, Optional.of(app), 100, 100, 20, 2000, Optional.empty());
    }
  }

  /** Signs up users of its own, reads the rows it adopts, and starts writing. */
  public static TrafficClients start(Settings settings) throws SQLException {
    var values = new Values("c" + UUID.randomUUID().toString().substring(0, 8) + "-");
    var traffic =
        new Traffic(
            settings.database(),
            new Journal(settings.journal()),
            new KeyPool(),
            values,
            new AtomicBoolean(),
            new Intermission());
    var clients = new TrafficClients(traffic);
    try (Connection connection = settings.database().connect("checks-client-setup")) {
      adopt(connection, traffic, settings.adopted());
      for (int i = 0; i < WRITERS; i++) {
        if (settings.oldPerSecond() > 0) {
          UUID user = signUp(connection, values.prefix() + "old" + i);
          clients.add(new OldDialect(user), settings.oldPerSecond() / WRITERS);
        }
        if (settings.newPerSecond() > 0) {
          UUID user = signUp(connection, values.prefix() + "new" + i);
          clients.add(new NewDialect(user, values), settings.newPerSecond() / WRITERS);
        }
      }
      if (settings.app().isPresent() && settings.httpPerSecond() > 0) {
        String name = values.prefix() + "http";
        UUID user = signUp(connection, name);
        clients.http.add(
            new HttpWriter(traffic, settings.app().get(), user, name, settings.httpPerSecond()));
      }
    }
    clients.writers.forEach(clients::begin);
    clients.http.forEach(clients::begin);
    return clients;
  }

  private void add(Dialect dialect, double perSecond) {
    writers.add(new Writer(traffic, dialect, perSecond));
    sides.add(dialect.side());
  }

  private void begin(Runnable writer) {
    threads.add(Thread.ofPlatform().daemon().name("checks-client-" + threads.size()).start(writer));
  }

  private static void adopt(Connection connection, Traffic traffic, int rows) throws SQLException {
    if (!Jdbc.columns(connection, "checks").contains("claim_text")) {
      return;
    }
    Jdbc.query(
            connection,
            """
            SELECT run_id, claim_text, aggregation, diagnostics FROM public.checks
             ORDER BY md5(run_id) LIMIT ?\
            """,
            row ->
                new Tracked(
                    row.getString(1),
                    Content.old(
                        row.getString(2),
                        Optional.ofNullable(row.getString(3)),
                        Optional.ofNullable(row.getString(4))),
                    false),
            rows)
        .forEach(traffic.keys()::add);
  }

  /** A user with a session whose token is the name, and a month's allowance that does not end. */
  private static UUID signUp(Connection connection, String name) throws SQLException {
    UUID user = UUID.randomUUID();
    Jdbc.update(
        connection,
        "INSERT INTO public.users (id, email) VALUES (?, ?)",
        user,
        name + "@client.example");
    Jdbc.update(
        connection,
        "INSERT INTO public.sessions (user_id, token_hash, expires_at) VALUES (?, ?, now() +"
            + " interval '1 day')",
        user,
        sha256(name));
    Jdbc.update(
        connection,
        """
        INSERT INTO public.usage_ledger (user_id, period_start, checks_allowed)
        VALUES (?, date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1000000)\
        """,
        user);
    return user;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public Journal journal() {
    return traffic.journal();
  }

  /** Whether the new version has seen its schema and writes. */
  public boolean newVersionWrites() {
    return traffic.dualWrite().get();
  }

  /** Ends the JDBC writers of one version; e.g. the old one's before contract. */
  public void stop(Side side) {
    for (int i = 0; i < writers.size(); i++) {
      if (sides.get(i) == side) {
        writers.get(i).stop();
        join(threads.get(i));
      }
    }
  }

  /** Ends all writing; what is under way is still acknowledged. */
  public void stop() {
    writers.forEach(Writer::stop);
    http.forEach(HttpWriter::stop);
    threads.forEach(TrafficClients::join);
  }

  /** Reads the database and proves what was acknowledged; call {@link #stop} first. */
  public Proof prove() throws SQLException {
    return Proof.of(traffic);
  }

  /** The same while they write: all are held between two operations, and then go on. */
  public Proof proveInBetween() throws SQLException {
    try (var _ = traffic.intermission().everyone()) {
      return Proof.of(traffic);
    }
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
    stop();
    traffic.journal().close();
  }
}
