package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Intermission;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Journal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What all writers of one run share: the rows, and a project of their own to put them in. */
final class OwnerTraffic {
  static final int POOL = 20;

  final Database database;
  final Journal journal = new Journal(Optional.empty());
  final Intermission intermission = new Intermission();

  /** A user, a project, a run and a job, all of this id. */
  final UUID home = UUID.randomUUID();

  private final String prefix = "c" + home.toString().substring(0, 8) + "-";
  private final AtomicLong sequence = new AtomicLong();
  private final List<Row> all = new ArrayList<>();
  private final Map<Kind, List<Row>> free = new HashMap<>();

  OwnerTraffic(Database database) throws SQLException {
    this.database = database;
    try (Connection connection = database.connect("owner-client-setup")) {
      connection.setAutoCommit(false);
      for (String sql : there(connection, "app_users.display_name") ? NEW_HOME : OLD_HOME) {
        Jdbc.update(connection, sql.replace(":home", "'" + home + "'::uuid"));
      }
      connection.commit();
    }
  }

  private static final List<String> OLD_HOME =
      List.of(
          "INSERT INTO public.users (id, email) VALUES (:home, :home || '@client.example')",
          "INSERT INTO public.projects (id, user_id, slug, name) VALUES (:home, :home, 'home',"
              + " 'h')",
          "INSERT INTO public.runs (id, project_id) VALUES (:home, :home)",
          "INSERT INTO public.run_jobs (id, run_id, job_no) VALUES (:home, :home, 0)",
          """
          INSERT INTO public.assets (id, project_id, asset_kind, rel_path)
          SELECT md5(:home || ('pool/' || i))::uuid, :home, 'image', 'pool/' || i FROM generate_series(0, 19) AS i\
          """);

  private static final List<String> NEW_HOME =
      List.of(
          "INSERT INTO public.app_users (id, email) VALUES (:home, :home || '@client.example')",
          """
          INSERT INTO public.projects (id, owner_user_id, slug, name) VALUES (:home, :home, 'home', 'h')\
          """,
          "INSERT INTO public.runs (id, project_id) VALUES (:home, :home)",
          "INSERT INTO public.run_jobs (id, run_id, job_no) VALUES (:home, :home, 0)",
          """
          INSERT INTO public.assets (id, project_id, kind, storage_uri)
          SELECT md5(:home || ('pool/' || i))::uuid, :home, 'image', 'project://pool/' || i
            FROM generate_series(0, 19) AS i\
          """);

  /** Whether a column is there now: {@code relation.column}. */
  static boolean there(Connection connection, String column) throws SQLException {
    String[] parts = column.split("\\.");
    return Jdbc.query(
            connection,
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute
             WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped)\
            """,
            row -> row.getBoolean(1),
            "public." + parts[0],
            parts[1])
        .getFirst();
  }

  String value(Kind kind) {
    long n = sequence.incrementAndGet();
    return kind == Kind.JOB ? "pool/" + n % POOL : prefix + n;
  }

  synchronized void add(Row row) {
    all.add(row);
    give(row);
  }

  /** The outcome of its insert is not known: nobody writes it again. */
  synchronized void addUnknown(Row row) {
    all.add(row);
  }

  synchronized Optional<Row> take(Kind kind) {
    List<Row> rows = free.getOrDefault(kind, List.of());
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    int at = ThreadLocalRandom.current().nextInt(rows.size());
    Row row = rows.get(at);
    rows.set(at, rows.getLast());
    rows.removeLast();
    return Optional.of(row);
  }

  synchronized void give(Row row) {
    free.computeIfAbsent(row.kind, kind -> new ArrayList<>()).add(row);
  }

  synchronized List<Row> all(Kind kind) {
    return all.stream().filter(row -> row.kind == kind).toList();
  }
}
