package dev.rubicon.demo.owner;

import dev.rubicon.demo.app.MiniJson;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Something of a project that is created, listed, read, updated and deleted.
 *
 * @param path below {@code /api}
 * @param table in the canonical schema
 * @param columns name to JSON type
 */
record Resource(String path, String schema, String table, Map<String, String> columns) {
  static final List<Resource> ALL =
      List.of(
          new Resource(
              "characters",
              "Character",
              "characters",
              Map.of(
                  "name",
                  "string",
                  "description",
                  "string",
                  "identity_constraints_json",
                  "object")),
          new Resource(
              "style-guides",
              "StyleGuide",
              "style_guides",
              Map.of("name", "string", "rules_json", "object", "is_default", "boolean")),
          new Resource(
              "reference-sets",
              "ReferenceSet",
              "reference_sets",
              Map.of("name", "string", "kind", "string", "metadata_json", "object")));

  void describe(OpenApi api) {
    var properties = new TreeMap<>(columns);
    properties.put("id", "string");
    String all = "/api/projects/{id}/" + path;
    String one = "/api/" + path + "/{id}";
    api.schema(schema, properties)
        .operation("post", all, "create" + schema, schema)
        .operation("get", all, "list" + schema + "s", schema)
        .operation("get", one, "get" + schema, schema)
        .operation("put", one, "update" + schema, schema)
        .operation("delete", one, "delete" + schema, schema);
  }

  Map<String, Object> create(Connection connection, UUID project, Map<?, ?> request)
      throws SQLException {
    Map<String, Object> given = given(request);
    var names = new ArrayList<>(List.of("project_id"));
    names.addAll(given.keySet());
    var values = new ArrayList<Object>(List.of(project));
    values.addAll(given.values());
    String places =
        "?" + given.keySet().stream().map(name -> ", " + place(name)).collect(Collectors.joining());
    return Rows.one(
        connection,
        "INSERT INTO public.%s (%s) VALUES (%s) RETURNING %s"
            .formatted(table, String.join(", ", names), places, json()),
        values.toArray());
  }

  List<Map<String, Object>> list(Connection connection, UUID project) throws SQLException {
    return Rows.all(
        connection,
        "SELECT %s FROM public.%s WHERE project_id = ? ORDER BY created_at LIMIT 100"
            .formatted(json(), table),
        project);
  }

  Map<String, Object> read(Connection connection, UUID id) throws SQLException {
    return Rows.one(
        connection, "SELECT %s FROM public.%s WHERE id = ?".formatted(json(), table), id);
  }

  Map<String, Object> update(Connection connection, UUID id, Map<?, ?> request)
      throws SQLException {
    Map<String, Object> given = given(request);
    if (given.isEmpty()) {
      return read(connection, id);
    }
    var values = new ArrayList<>(given.values());
    values.add(id);
    return Rows.one(
        connection,
        "UPDATE public.%s SET %s WHERE id = ? RETURNING %s"
            .formatted(
                table,
                given.keySet().stream()
                    .map(name -> name + " = " + place(name))
                    .collect(Collectors.joining(", ")),
                json()),
        values.toArray());
  }

  long delete(Connection connection, UUID id) throws SQLException {
    return Rows.all(
            connection,
            "DELETE FROM public.%s WHERE id = ? RETURNING '{}'::jsonb".formatted(table),
            id)
        .size();
  }

  private Map<String, Object> given(Map<?, ?> request) {
    var given = new LinkedHashMap<String, Object>();
    columns.forEach(
        (name, type) -> {
          if (request.containsKey(name)) {
            Object value = request.get(name);
            given.put(name, type.equals("object") ? MiniJson.write(value) : value);
          }
        });
    return given;
  }

  private String place(String column) {
    return columns.get(column).equals("object") ? "?::jsonb" : "?";
  }

  private String json() {
    return "jsonb_build_object('id', id, "
        + columns.keySet().stream()
            .map(name -> "'" + name + "', " + name)
            .collect(Collectors.joining(", "))
        + ")";
  }
}
