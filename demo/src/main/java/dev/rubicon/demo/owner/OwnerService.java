package dev.rubicon.demo.owner;

import com.sun.net.httpserver.HttpExchange;
import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.Pool;
import dev.rubicon.demo.app.Reply;
import dev.rubicon.demo.app.Service;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** One running instance of the service: a build on a database, behind an HTTP listener. */
final class OwnerService implements Service {
  private final OwnerBuild build;
  private final OpenApi api;
  private final Pool pool;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  OwnerService(String build, Database database) {
    this.build = OwnerBuild.named(build);
    this.api = this.build.api();
    this.pool = new Pool(database, "owner-" + build + "-api");
  }

  @Override
  public String build() {
    return build.name();
  }

  @Override
  public boolean ready() {
    return health().status() == 200;
  }

  @Override
  public void handle(HttpExchange exchange, String path) throws IOException {
    requests.incrementAndGet();
    Reply reply;
    try {
      Map<?, ?> request = Reply.request(exchange);
      reply = answer(exchange.getRequestMethod(), path.substring(1).split("/"), request);
    } catch (SQLException e) {
      failures.incrementAndGet();
      reply = Reply.error(500, "database error " + e.getSQLState());
    } catch (Rows.NotThere e) {
      reply = Reply.error(404, e.getMessage());
    } catch (IllegalArgumentException e) {
      reply = Reply.error(400, String.valueOf(e.getMessage()));
    }
    reply.send(exchange);
  }

  private Reply answer(String method, String[] path, Map<?, ?> request) throws SQLException {
    String route = String.join("/", path);
    return switch (method + " " + route) {
      case "GET api/healthz" -> health();
      case "GET api/metrics" ->
          new Reply(
              200,
              Map.of(
                  "build", build.name(),
                  "requests", requests.get(),
                  "failures", failures.get()));
      case "GET openapi.json" -> new Reply(200, api.document(build.name()));
      default ->
          switch (path.length) {
            case 4 -> ofParent(method, path[1], UUID.fromString(path[2]), path[3], request);
            case 3 -> ofItself(method, path[1], UUID.fromString(path[2]), request);
            default -> Reply.error(404, "no such endpoint");
          };
    };
  }

  private Reply health() {
    try {
      pool.inTransaction(connection -> Rows.all(connection, "SELECT '{}'::jsonb"));
      return new Reply(200, Map.of("status", "ok", "build", build.name()));
    } catch (SQLException e) {
      return new Reply(503, Map.of("status", "no database", "build", build.name()));
    }
  }

  /** {@code /api/<parents>/<id>/<what>}. */
  private Reply ofParent(String method, String parents, UUID id, String what, Map<?, ?> request)
      throws SQLException {
    return switch (method + " " + parents + "/" + what) {
      case "POST projects/runs" -> ingest(id, request);
      case "GET runs/quality" ->
          items(
              "Quality",
              "SELECT jsonb_build_object('stage', stage, 'score', trim_scale(score), 'passed',"
                  + " passed) FROM public.quality_reports WHERE run_id = ?",
              id);
      case "GET runs/cost" ->
          items(
              "Cost",
              "SELECT jsonb_build_object('event_no', event_no, 'provider', provider, 'model_name',"
                  + " model_name, 'cost_usd', trim_scale(cost_usd)) FROM public.cost_events WHERE"
                  + " run_id = ? ORDER BY event_no",
              id);
      case "GET projects/assets" ->
          items(
              "Asset",
              "SELECT jsonb_build_object('id', id, 'kind', kind, 'storage_uri', storage_uri,"
                  + " 'metadata_json', metadata_json) FROM public.assets WHERE project_id = ? LIMIT"
                  + " 100",
              id);
      case "GET projects/storage" -> storage(id);
      case "PUT projects/storage" -> {
        pool.inTransaction(
            connection -> {
              build.store(connection, id, request);
              return true;
            });
        yield storage(id);
      }
      case "POST projects/secrets" ->
          created(
              c -> build.secret(c, id, text(request, "provider"), text(request, "kms_key_ref")));
      case "POST projects/exports" -> created(c -> build.export(c, id, text(request, "format")));
      case "POST projects/instructions" -> instruct(id, text(request, "body"));
      case "POST instructions/status" -> status(id, text(request, "status"));
      default -> {
        Optional<Resource> resource = resource(what);
        if (!parents.equals("projects") || resource.isEmpty()) {
          yield Reply.error(404, "no such endpoint");
        }
        yield method.equals("POST")
            ? new Reply(201, pool.inTransaction(c -> resource.get().create(c, id, request)))
            : allJudged(
                resource.get().schema(), pool.inTransaction(c -> resource.get().list(c, id)));
      }
    };
  }

  /** {@code /api/<things>/<id>}. */
  private Reply ofItself(String method, String things, UUID id, Map<?, ?> request)
      throws SQLException {
    if (things.equals("runs") && method.equals("GET")) {
      return judged("Run", pool.inTransaction(connection -> build.run(connection, id)));
    }
    Optional<Resource> resource = resource(things);
    if (resource.isEmpty()) {
      return Reply.error(404, "no such endpoint");
    }
    return switch (method) {
      case "GET" ->
          judged(
              resource.get().schema(),
              pool.inTransaction(connection -> resource.get().read(connection, id)));
      case "PUT" -> new Reply(200, pool.inTransaction(c -> resource.get().update(c, id, request)));
      case "DELETE" ->
          new Reply(200, Map.of("deleted", pool.inTransaction(c -> resource.get().delete(c, id))));
      default -> Reply.error(405, "no such method");
    };
  }

  private Optional<Resource> resource(String path) {
    return build.name().equals("new")
        ? Resource.ALL.stream().filter(r -> r.path().equals(path)).findFirst()
        : Optional.empty();
  }

  private Reply ingest(UUID project, Map<?, ?> request) throws SQLException {
    UUID id =
        request.get("id") instanceof String given ? UUID.fromString(given) : UUID.randomUUID();
    var run =
        new OwnerBuild.Ingest(
            id,
            project,
            text(request, "run_mode"),
            text(request, "model_name"),
            number(request, "score"),
            number(request, "cost_usd"));
    return pool.inTransaction(
        connection -> {
          build.ingest(connection, run);
          var body = new LinkedHashMap<>(build.run(connection, id));
          body.put("build", build.name());
          body.put("quality", List.of(Map.of("score", run.score())));
          body.put("cost", List.of(Map.of("provider", "fixture", "cost_usd", run.cost())));
          return new Reply(201, body);
        });
  }

  private Reply storage(UUID project) throws SQLException {
    return judged("Storage", pool.inTransaction(connection -> build.storage(connection, project)));
  }

  private Reply instruct(UUID project, String body) throws SQLException {
    return new Reply(
        201,
        pool.inTransaction(
            connection ->
                Rows.one(
                    connection,
                    """
                    INSERT INTO public.agent_instructions (project_id, user_id, body)
                    SELECT p.id, %s, ? FROM public.projects p WHERE p.id = ?
                    RETURNING jsonb_build_object('id', id, 'status', status)\
                    """
                        .formatted(build.name().equals("new") ? "p.owner_user_id" : "p.user_id"),
                    body,
                    project)));
  }

  private Reply status(UUID instruction, String status) throws SQLException {
    return new Reply(
        200,
        pool.inTransaction(
            connection ->
                Rows.one(
                    connection,
                    """
                    UPDATE public.agent_instructions SET status = ? WHERE id = ?
                    RETURNING jsonb_build_object('id', id, 'status', status)\
                    """,
                    status,
                    instruction)));
  }

  @FunctionalInterface
  private interface Creation {
    UUID create(Connection connection) throws SQLException;
  }

  private Reply created(Creation creation) throws SQLException {
    return new Reply(201, Map.of("id", pool.inTransaction(creation::create)));
  }

  private Reply items(String schema, String sql, UUID parent) throws SQLException {
    return allJudged(schema, pool.inTransaction(connection -> Rows.all(connection, sql, parent)));
  }

  /** With the document's own word on the response. */
  private Reply allJudged(String schema, List<Map<String, Object>> items) {
    return new Reply(200, Map.of("items", items, "contract", api.judge(schema, items)));
  }

  private Reply judged(String schema, Map<String, Object> item) {
    var body = new LinkedHashMap<>(item);
    body.put("contract", api.judge(schema, List.of(item)));
    return new Reply(200, body);
  }

  private static String text(Map<?, ?> request, String key) {
    if (request.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + " is missing");
  }

  private static double number(Map<?, ?> request, String key) {
    if (request.get(key) instanceof BigDecimal number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(key + " is missing");
  }

  @Override
  public void close() {
    pool.close();
  }
}
