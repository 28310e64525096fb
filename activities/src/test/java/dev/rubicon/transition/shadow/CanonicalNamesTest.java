package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * From the cutover on canonical's constraints and indexes have the names that its definition gives
 * them, as it has its own; after a rollback they have those of the migration, and legacy's are
 * back.
 */
class CanonicalNamesTest {
  private static final String NAMES =
      "SELECT conname::text FROM pg_constraint"
          + " WHERE contype <> 'n' AND conrelid = 'public.%1$s'::regclass"
          + " UNION SELECT indexrelid::regclass::text FROM pg_index"
          + " WHERE indrelid = 'public.%1$s'::regclass ORDER BY 1";

  private static final String DEFINITION =
      """
      CREATE TABLE public.users (id bigint PRIMARY KEY,
        email text CONSTRAINT users_email_key UNIQUE, n int,
        CONSTRAINT "Adult" CHECK (n >= 0));
      CREATE INDEX "users by n" ON public.users (n DESC) WHERE n > 1;
      CREATE INDEX users_taken ON public.users (lower(email));
      """;

  private static Bench bench(LegacyName legacyName) {
    return new Bench(
            DEFINITION.replace("bigint", "int"),
            "CREATE TABLE other (id int)",
            "CREATE INDEX elsewhere ON other (id)",
            "INSERT INTO users SELECT g, 'u' || g, g FROM generate_series(1, 9) g")
        .migration(
            "V1__next.sql",
            """
            CREATE TABLE users_next (id bigint PRIMARY KEY, email text UNIQUE, n int,
              CHECK (n >= 0));
            CREATE INDEX ON users_next (n DESC) WHERE n > 1;
            CREATE INDEX ON users_next (lower(email));
            """)
        .migration("U1__next.sql", "DROP TABLE users_next")
        .shadow(
            "public.users",
            new Shadow("public.users", Optional.of("public.users_next"), legacyName, List.of()));
  }

  private static CatalogSnapshot definition(String sql) {
    var canonical = new Bench(sql);
    try (PgSession session = canonical.context(Phase.PREFLIGHT).open(SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public"));
    }
  }

  private static void expand(Bench bench, String definition) {
    bench.expand();
    try (PgSession session = bench.context(Phase.DUAL_WRITE).open(SessionLimits.SHORT)) {
      TargetState.canonical(session, definition(definition));
    }
    bench.dualWrite();
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void canonicalsOwnNamesThereAndBack() {
    Bench bench = bench(LegacyName.HIDE);
    List<String> legacy = bench.rows(NAMES.formatted("users"));
    expand(bench, DEFINITION);
    List<String> built = bench.rows(NAMES.formatted("users_next"));
    bench.cutover();
    assertThat(bench.rows(NAMES.formatted("users")))
        .containsExactlyInAnyOrder(
            "Adult", "users_pkey", "users_email_key", "\"users by n\"", "users_taken");
    bench.run(
        "INSERT INTO users VALUES (1, 'new', 1) ON CONFLICT ON CONSTRAINT users_pkey DO NOTHING");
    assertThatThrownBy(() -> bench.run("INSERT INTO users VALUES (77, 'u1', 1)"))
        .rootCause()
        .hasMessageContaining("\"users_email_key\"");
    bench.rollback();
    assertThat(bench.rows(NAMES.formatted("users"))).isEqualTo(legacy);
    assertThat(bench.rows(NAMES.formatted("users_next"))).isEqualTo(built);
    bench.toVerifiedAgain();
    bench.cutover();
    bench.contract();
    assertThat(bench.rows(NAMES.formatted("users"))).contains("users_pkey", "users_email_key");
  }

  /** Somebody else's index has it: the plan lists what differs, and the cutover does not fail. */
  @Test
  void aNameThatIsTaken() {
    Bench bench = bench(LegacyName.HIDE);
    expand(bench, DEFINITION.replace("users_taken", "elsewhere"));
    bench.cutover();
    assertThat(bench.rows(NAMES.formatted("users"))).contains("users_pkey", "users_next_lower_idx");
  }
}
