package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import org.junit.jupiter.api.Test;

class SearchPathTest {
  @Test
  void aQuestionLeavesThePathAsItWasAndItsFailureIsTheOneThatIsTold() {
    var bench = new Bench("CREATE TYPE mood AS ENUM ('ok')", "CREATE TABLE t (m mood)");
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.VERIFY).tag(), SessionLimits.SHORT)) {
      session.execute("SET search_path = public");
      assertThat(SearchPath.SESSION.catalogOnly(session, () -> type(session)))
          .isEqualTo("public.mood");
      assertThat(type(session)).isEqualTo("mood");
      assertThatThrownBy(
              () ->
                  session.inTransaction(
                      () ->
                          SearchPath.TRANSACTION.catalogOnly(
                              session, () -> session.value("SELECT 1 FROM t"))))
          .hasMessageContaining("42P01");
      assertThat(type(session)).isEqualTo("mood");
    }
  }

  private static String type(PgSession session) {
    return session.value(
        "SELECT format_type(atttypid, -1) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            + " WHERE c.relname = 't' AND attname = 'm'");
  }
}
