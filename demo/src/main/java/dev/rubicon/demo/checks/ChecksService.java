package dev.rubicon.demo.checks;

import com.sun.net.httpserver.HttpExchange;
import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.MiniJson;
import dev.rubicon.demo.app.Pool;
import dev.rubicon.demo.app.Reply;
import dev.rubicon.demo.app.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** One running instance of the service: a build on a database, behind an HTTP listener. */
final class ChecksService implements Service {
  private final Build build;
  private final Pool pool;
  private final boolean debug;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong insertFailures = new AtomicLong();
  private final AtomicLong fallbacks = new AtomicLong();
  private final AtomicLong planted = new AtomicLong();

  /**
   * @param debug whether failures can be planted
   */
  ChecksService(String build, Database database, boolean debug) {
    this.build = Build.named(build);
    this.pool = new Pool(database, "checks-" + build + "-api");
    this.debug = debug;
  }

  @Override
  public String build() {
    return build.name();
  }

  @Override
  public boolean ready() {
    return health().status() == 200;
  }

  /** Answers one request; the path is given because a router may have cut a prefix off. */
  @Override
  public void handle(HttpExchange exchange, String path) throws IOException {
    requests.incrementAndGet();
    Reply reply;
    try {
      reply = answer(exchange, exchange.getRequestMethod() + " " + path);
    } catch (SQLException e) {
      reply = Reply.error(500, "database error " + e.getSQLState());
    } catch (Build.Exhausted e) {
      reply = Reply.error(429, e.getMessage());
    } catch (IllegalArgumentException e) {
      reply = Reply.error(400, String.valueOf(e.getMessage()));
    }
    reply.send(exchange);
  }

  private Reply answer(HttpExchange exchange, String route) throws IOException, SQLException {
    return switch (route) {
      case "GET /api/healthz" -> health();
      case "GET /api/me" -> me(exchange);
      case "POST /api/checks/run" -> run(exchange);
      case "GET /api/metrics" -> metrics();
      case "POST /api/debug/fail-inserts" -> plant(exchange);
      default -> Reply.error(404, "no such endpoint");
    };
  }

  private Reply health() {
    try {
      pool.inTransaction(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
              return statement.execute();
            }
          });
      return new Reply(200, Map.of("status", "ok", "build", build.name()));
    } catch (SQLException e) {
      return new Reply(503, Map.of("status", "no database", "build", build.name()));
    }
  }

  private Reply me(HttpExchange exchange) throws SQLException {
    return pool.inTransaction(
        connection -> {
          Optional<Caller> caller = caller(exchange, connection);
          if (caller.isEmpty()) {
            return Reply.error(401, "unknown or expired session");
          }
          var body = new LinkedHashMap<String, Object>();
          switch (caller.get()) {
            case Caller.User user -> {
              body.put("authenticated", true);
              body.put("email", user.email());
              body.put("plan", user.plan());
            }
            case Caller.Anonymous _ -> body.put("authenticated", false);
          }
          body.put("usage", usage(build.usage(connection, caller.get())));
          return new Reply(200, body);
        });
  }

  private Reply run(HttpExchange exchange) throws IOException, SQLException {
    Map<?, ?> request = Reply.request(exchange);
    if (!(request.get("claim") instanceof String claim)) {
      return Reply.error(400, "a claim is needed");
    }
    String runId =
        request.get("run_id") instanceof String given ? given : "api-" + UUID.randomUUID();
    Optional<Caller> caller = pool.inTransaction(connection -> caller(exchange, connection));
    if (caller.isEmpty()) {
      return Reply.error(401, "unknown or expired session");
    }
    if (planted.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      insertFailures.incrementAndGet();
      return Reply.error(500, "a planted failure");
    }
    var check = new Build.Check(runId, claim, Harness.estimate(claim));
    try {
      Build.Saved saved = build.save(pool, check, caller.get());
      if (!saved.persisted()) {
        fallbacks.incrementAndGet();
      }
      return new Reply(200, body(check, saved));
    } catch (SQLException e) {
      if ("23505".equals(e.getSQLState())) {
        return Reply.error(409, "this run_id was used before");
      }
      insertFailures.incrementAndGet();
      throw e;
    }
  }

  private Map<String, ?> body(Build.Check check, Build.Saved saved) {
    var body = new LinkedHashMap<String, Object>();
    body.put("id", saved.id());
    body.put("run_id", check.runId());
    body.put("build", build.name());
    body.put("persisted", saved.persisted());
    body.put("claim", check.claim());
    body.put("probability", check.harness().probability());
    body.put("config", MiniJson.parse(check.harness().config()));
    body.put("counts", MiniJson.parse(check.harness().counts()));
    body.put("usage", usage(saved.usage()));
    return body;
  }

  private static Map<String, ?> usage(Usage usage) {
    return Map.of(
        "checks_used", usage.used(),
        "checks_allowed", usage.allowed(),
        "persisted", usage.persisted());
  }

  private Reply metrics() {
    return new Reply(
        200,
        Map.of(
            "build", build.name(),
            "requests", requests.get(),
            "insert_failures", insertFailures.get(),
            "schema_fallbacks", fallbacks.get()));
  }

  private Reply plant(HttpExchange exchange) throws IOException {
    if (!debug) {
      return Reply.error(404, "no such endpoint");
    }
    planted.set(Long.parseLong(String.valueOf(Reply.request(exchange).get("count"))));
    return new Reply(200, Map.of("planted", planted.get()));
  }

  /** Empty: a session token that nobody holds. No token at all: anonymous. */
  private static Optional<Caller> caller(HttpExchange exchange, Connection connection)
      throws SQLException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null && authorization.startsWith("Bearer ")) {
      return session(connection, authorization.substring("Bearer ".length()));
    }
    return Optional.of(new Caller.Anonymous(anonymousToken(exchange)));
  }

  private static String anonymousToken(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("X-Anon-Token");
    if (header != null) {
      return header;
    }
    for (String cookies :
        exchange.getRequestHeaders().getOrDefault("Cookie", java.util.List.of())) {
      for (String cookie : cookies.split(";\\s*")) {
        if (cookie.startsWith("anon_token=")) {
          return cookie.substring("anon_token=".length());
        }
      }
    }
    String token = UUID.randomUUID().toString();
    exchange.getResponseHeaders().set("Set-Cookie", "anon_token=" + token + "; HttpOnly");
    return token;
  }

  private static Optional<Caller> session(Connection connection, String token) throws SQLException {
    String sql =
        """
        SELECT u.id, u.email, u.plan
          FROM public.sessions s JOIN public.users u ON u.id = s.user_id
         WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.expires_at > now()\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, sha256(token));
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Caller.User(row.getObject(1, UUID.class), row.getString(2), row.getString(3)))
            : Optional.empty();
      }
    }
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

  @Override
  public void close() {
    pool.close();
  }
}
