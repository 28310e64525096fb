package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Database;
import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Databases of the runbook checks-canonical, in the shapes between legacy and canonical. */
public final class ChecksDatabases {
  private static final Path RUNBOOK = Path.of("../runbooks/checks-canonical");

  private ChecksDatabases() {}

  public static Database legacy(int rows) throws Exception {
    Database database = empty();
    try (Connection connection = database.connect("test")) {
      execute(connection, file("legacy/schema.sql"));
      execute(connection, "SELECT set_config('checks.rows', '" + rows + "', false)");
      execute(connection, file("legacy/data.sql"));
    }
    return database;
  }

  public static Database canonical() throws Exception {
    Database database = empty();
    try (Connection connection = database.connect("test")) {
      execute(connection, file("canonical/schema.sql"));
      execute(
          connection,
          """
          INSERT INTO public.users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'smoke@heretix.example');
          INSERT INTO public.sessions (user_id, token_hash, expires_at)
          VALUES ('00000000-0000-4000-8000-000000000001',
                  encode(sha256(convert_to('smoke-session', 'UTF8')), 'hex'), now() + interval '1 day')\
          """);
    }
    return database;
  }

  /** Both sides, kept equal by a plain trigger: stands in for what a migration tool installs. */
  public static void expand(Database database) throws Exception {
    try (Connection connection = database.connect("test")) {
      execute(connection, file("expand/V1__anonymous_usage_and_new_columns.sql"));
      connection.setAutoCommit(false);
      execute(connection, DUAL_WRITE);
      connection.commit();
    }
  }

  private static final String DUAL_WRITE =
      """
      ALTER TABLE public.checks
          ADD COLUMN claim text, ADD COLUMN config_json jsonb, ADD COLUMN counts_by_template_json jsonb,
          ADD COLUMN gate_compliance_ok boolean, ADD COLUMN gate_stability_ok boolean,
          ADD COLUMN gate_precision_ok boolean, ADD COLUMN pqs numeric(5, 2);
      CREATE FUNCTION public.derive(c public.checks) RETURNS public.checks LANGUAGE plpgsql AS $$
      BEGIN
          c.claim := c.claim_text; c.config_json := c.aggregation; c.counts_by_template_json := c.diagnostics;
          c.gate_compliance_ok := CASE jsonb_typeof(c.diagnostics #> '{gates,compliance_ok}') WHEN 'boolean'
              THEN (c.diagnostics #>> '{gates,compliance_ok}')::boolean END;
          c.gate_stability_ok := CASE jsonb_typeof(c.diagnostics #> '{gates,stability_ok}') WHEN 'boolean'
              THEN (c.diagnostics #>> '{gates,stability_ok}')::boolean END;
          c.gate_precision_ok := CASE jsonb_typeof(c.diagnostics #> '{gates,precision_ok}') WHEN 'boolean'
              THEN (c.diagnostics #>> '{gates,precision_ok}')::boolean END;
          c.pqs := CASE WHEN jsonb_typeof(c.diagnostics -> 'pqs') = 'number' THEN CASE
              WHEN (c.diagnostics ->> 'pqs')::numeric BETWEEN 0 AND 100 THEN (c.diagnostics ->> 'pqs')::numeric(5, 2) END END;
          RETURN c;
      END $$;
      UPDATE public.checks c SET (claim, config_json, counts_by_template_json, gate_compliance_ok, gate_stability_ok,
          gate_precision_ok, pqs) = (SELECT d.claim, d.config_json, d.counts_by_template_json, d.gate_compliance_ok,
          d.gate_stability_ok, d.gate_precision_ok, d.pqs FROM public.derive(c) d);
      CREATE FUNCTION public.both_sides() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE before public.checks;
      BEGIN
          IF TG_OP = 'INSERT' THEN
              IF NEW.claim_text IS NOT NULL THEN RETURN public.derive(NEW); END IF;
              NEW.claim_text := NEW.claim; NEW.aggregation := NEW.config_json;
              NEW.diagnostics := NEW.counts_by_template_json;
              RETURN NEW;
          END IF;
          IF NEW.claim_text IS DISTINCT FROM OLD.claim_text THEN NEW.claim := NEW.claim_text;
          ELSIF NEW.claim IS DISTINCT FROM OLD.claim THEN NEW.claim_text := NEW.claim; END IF;
          IF NEW.aggregation IS DISTINCT FROM OLD.aggregation THEN NEW.config_json := NEW.aggregation;
          ELSE NEW.aggregation := NEW.config_json; END IF;
          IF NEW.diagnostics IS DISTINCT FROM OLD.diagnostics THEN
              before := NEW; before.claim_text := NEW.claim; before.aggregation := NEW.config_json;
              RETURN public.derive(before);
          END IF;
          NEW.diagnostics := NEW.counts_by_template_json;
          RETURN NEW;
      END $$;
      CREATE TRIGGER both_sides BEFORE INSERT OR UPDATE ON public.checks
          FOR EACH ROW EXECUTE FUNCTION public.both_sides()\
      """;

  private static Database empty() {
    var server = SharedPostgres.server();
    String name = SharedPostgres.freshDatabase("checks");
    return new Database(server.jdbcUrl(name), server.superuser(), server.password());
  }

  public static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  public static void execute(Database database, String sql) throws SQLException {
    try (Connection connection = database.connect("test")) {
      execute(connection, sql);
    }
  }

  static String file(String path) throws IOException {
    return Files.readString(RUNBOOK.resolve(path));
  }
}
