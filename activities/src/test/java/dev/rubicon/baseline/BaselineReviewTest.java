package dev.rubicon.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.backup.PgTools;
import dev.rubicon.baseline.BaselineReview.Reviewed;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.transition.Bench;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BaselineReviewTest {
  private static final String GROWN =
      """
      -- as somebody's script wrote it
      SET statement_timeout = 0;
      BEGIN;
      CREATE TABLE public.users (id int PRIMARY KEY, "drop " text DEFAULT 'DROP TABLE x;');
      ALTER TABLE public.users OWNER TO nobody_here;
      COMMENT ON EXTENSION plpgsql IS 'x';
      CREATE INDEX i ON public.users (id);
      create  index i on
        public.users (id);
      CREATE TABLE "_prisma_migrations" (id text);
      /* an old one */ DROP TABLE IF EXISTS public.old;
      ALTER TABLE "users" DROP COLUMN "is_active", ADD COLUMN "status" text;
      ALTER TABLE users ALTER COLUMN name SET DATA TYPE varchar(10);
      TRUNCATE public.users;
      CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DELETE FROM public.users; SELECT 1 $$;
      COMMIT;
      """;

  @Test
  void eachStatementStaysOrSaysWhyNot() {
    var review = BaselineReview.of("baseline.sql", GROWN, Set.of());
    assertThat(review.statements())
        .extracting(
            one -> one.line() + " " + (one.stays() ? "stays" : one.destroys() ? "!" : one.why()))
        .containsExactly(
            "2 a setting of the session that wrote it",
            "3 who runs a baseline decides on the transaction",
            "4 stays",
            "5 objects belong to whoever runs it",
            "6 only the extension's owner may",
            "7 stays",
            "8 stays",
            "10 the migration tool's own table",
            "11 !",
            "12 !",
            "13 !",
            "14 !",
            "15 stays",
            "16 who runs a baseline decides on the transaction");
    assertThat(review.cleaned())
        .contains("-- line 11 left out, it takes something away: ")
        .contains("CREATE INDEX i ON public.users (id);\n");
    assertThat(BaselineReview.of("b", GROWN, Set.of(11, 12)).destroying())
        .extracting(Reviewed::line)
        .containsExactly(13, 14);
    assertThat(BaselineReview.of("b", "SELECT 1;\nselect\n 1;\nSELECT 1;\n", Set.of()).statements())
        .extracting(Reviewed::why)
        .containsExactly("", "", "the same as line 1 says");
  }

  @Test
  void aCleanedDumpBuildsTheSameSchemaAsWhoeverRunsIt() throws Exception {
    var legacy =
        new Bench(
            "CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, at timestamptz DEFAULT"
                + " now())",
            "CREATE TABLE posts (id int PRIMARY KEY, user_id int REFERENCES users, body text)",
            "COMMENT ON TABLE posts IS 'SET x; DROP y'",
            "CREATE TABLE _prisma_migrations (id text)",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "CREATE TRIGGER t BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION f()");
    var server = SharedPostgres.server();
    var builder =
        new ProcessBuilder(
            PgTools.forServer(Optional.empty(), 14).pgDump().toString(),
            "--schema-only",
            "--dbname=" + legacy.target().url().substring("jdbc:".length()),
            "--username=" + server.superuser());
    builder.environment().put("PGPASSWORD", server.password());
    Process dump = builder.start();
    String baseline = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(dump.waitFor()).isZero();

    var review = BaselineReview.of("baseline.sql", baseline, Set.of());
    assertThat(review.destroying()).isEmpty();
    assertThat(review.statements()).anyMatch(one -> !one.stays());
    var built = new Bench();
    built.run(review.cleaned());
    legacy.run("DROP TABLE _prisma_migrations");
    assertThat(fingerprint(built)).isEqualTo(fingerprint(legacy));
  }

  private static String fingerprint(Bench bench) {
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.PREFLIGHT).tag(), SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public")).fingerprint();
    }
  }
}
