package dev.rubicon.phase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Secret;
import dev.rubicon.stack.EmbeddedS3;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anchors that could not be stored when their gates were opened. */
class AnchorsTest {
  private static RubiconConfig.ObjectStore config(EmbeddedS3 s3) {
    return new RubiconConfig.ObjectStore(
        Optional.of(s3.endpoint()),
        "us-east-1",
        "bucket",
        "",
        Optional.of("key"),
        Optional.of(new Secret("secret")),
        true,
        10_000);
  }

  @Test
  void whatIsMissingIsStoredAndWhatIsThereStays(@TempDir Path folder) {
    try (var s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret");
        var store = ObjectStore.open(config(s3));
        var test = TestLedger.create()) {
      test.ledger().launch(TestLedger.launch("r1", "prod"));
      String first = test.gate("r1", "expand").key();
      String second = test.gate("r1", "cutover").key();
      store.put(first, new byte[] {'x'}, "application/json");

      Anchors.complete(test.ledger(), store, "r1");

      assertThat(Anchors.stored(store, "audit/r1/"))
          .extracting(anchor -> anchor.key())
          .containsExactlyInAnyOrder(first, second);
      assertThat(store.read(first)).containsExactly('x');
      assertThat(
              AuditVerifier.verify(
                      test.ledger().audit().chain(), "r1", Anchors.stored(store, "audit/r1/"))
                  .breaks())
          .extracting(AuditVerifier.Break::kind)
          .containsExactly(AuditVerifier.Kind.ANCHOR_UNREADABLE);
    }
  }
}
