package dev.rubicon.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rubicon.objectstore.ObjectStore;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that rollouts leave where somebody may read it, as text, by where it lies. */
final class Traces {
  private final TestSite site;
  private final Map<String, String> texts = new TreeMap<>();

  Traces(TestSite site) {
    this.site = site;
  }

  Map<String, String> texts() {
    return texts;
  }

  void add(String where, String text) {
    texts.merge(where, text, String::concat);
  }

  /** Where it stands; a byte is a character, so that text inside of binary forms is found too. */
  List<String> of(String needle) {
    String bytes = new String(needle.getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1);
    return texts.entrySet().stream()
        .filter(e -> e.getValue().contains(needle) || e.getValue().contains(bytes))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** All events with their payloads, memo and search attributes. */
  void workflow(String workflowId, String runId) {
    var temporal = site.rollouts.temporal();
    var history = temporal.client().fetchHistory(workflowId, runId).getHistory();
    add("history of " + workflowId, new String(history.toByteArray(), ISO_8859_1));
    var described =
        temporal
            .service()
            .blockingStub()
            .describeWorkflowExecution(
                DescribeWorkflowExecutionRequest.newBuilder()
                    .setNamespace(site.config.temporal().namespace())
                    .setExecution(
                        WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId))
                    .build());
    add("memo and attributes of " + workflowId, new String(described.toByteArray(), ISO_8859_1));
  }

  /** Every row of every table in that schema. */
  void tables(String database, String schema) {
    try (var connection = site.superuser(database);
        var statement = connection.createStatement()) {
      var names = new java.util.ArrayList<String>();
      try (var rows =
          statement.executeQuery(
              "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = '"
                  + schema
                  + "'")) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      for (String name : names) {
        add(
            schema + " in " + database,
            site.ask(database, "SELECT string_agg(t::text, E'\\n') FROM " + name + " t") + "\n");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Contents and metadata; dumps apart, which hold rows by their nature. */
  void objects() throws IOException {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      for (String key : store.keys("")) {
        String where =
            key.endsWith(".pgc") ? "dump" : "object " + key.substring(0, key.indexOf('/'));
        add(where, key + "\n" + new String(store.read(key), ISO_8859_1));
        add(where + "'s metadata", key + store.metadata(key) + "\n");
      }
    }
    try (var files = Files.walk(site.folder)) {
      for (var file : files.filter(f -> f.getFileName().toString().endsWith(".yaml")).toList()) {
        add("configuration and runbooks", Files.readString(file));
      }
    }
  }
}
