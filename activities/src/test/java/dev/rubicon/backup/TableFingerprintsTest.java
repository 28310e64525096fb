package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import org.junit.jupiter.api.Test;

class TableFingerprintsTest {

  /** The plain sums of the rows' hashes are equal for these very pairs. */
  @Test
  void valuesThatTwoRowsHaveExchangedChangeTheFingerprint() {
    var bench =
        new Bench(
            """
            CREATE TABLE pairs AS
            SELECT g FROM generate_series(1, 200) g
            WHERE hash_record_extended(ROW(g, 10), 0)::numeric + hash_record_extended(ROW(g + 1, 20), 0)
                = hash_record_extended(ROW(g, 20), 0)::numeric + hash_record_extended(ROW(g + 1, 10), 0)
            LIMIT 1
            """,
            "CREATE TABLE a AS SELECT g AS id, 10 AS v FROM pairs UNION ALL SELECT g + 1, 20 FROM"
                + " pairs",
            "CREATE TABLE b AS SELECT id, 30 - v AS v FROM a");
    try (PgSession session =
        PgSession.open(bench.target(), new SessionTag("test", Phase.BACKUP), SessionLimits.SCAN)) {
      TableFingerprints.pin(session);
      Manifest.Relation a = TableFingerprints.of(session, new RelationName("public", "a"));
      Manifest.Relation b = TableFingerprints.of(session, new RelationName("public", "b"));

      assertThat(a.rows()).isEqualTo(2);
      assertThat(a.fingerprint()).isNotEqualTo(b.fingerprint());
      assertThat(a.holdsTheSameAs(b)).isFalse();
      String first = a.fingerprint().substring(0, a.fingerprint().indexOf('/'));
      assertThat(b.fingerprint()).startsWith(first + "/");
      var old = new Manifest.Relation("public", "a", 2, first);
      assertThat(old.holdsTheSameAs(a)).isTrue();
      assertThat(new Manifest.Relation("public", "a", 2, first + "0").holdsTheSameAs(a)).isFalse();
    }
  }
}
