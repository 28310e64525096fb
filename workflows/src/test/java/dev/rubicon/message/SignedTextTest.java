package dev.rubicon.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read back from a signed text; nothing from any other. */
@Timeout(20)
class SignedTextTest {
  private static final Decision.By BY =
      new Decision.By("bob", "ä, 1:x", "run-1", Instant.parse("2026-11-26T12:00:00Z"))
          .with(new Proof(Proof.TOKEN, Instant.parse("2026-11-26T11:59:00Z"), "0f", ""));

  private static String approval() {
    return SignedText.of("rollout/prod", "r1", new Decision.Approve(Runbook.Gate.EXPAND, "d", BY));
  }

  private static boolean approves(String text) {
    return SignedText.approves(text, "rollout/prod", "r1", Runbook.Gate.EXPAND, "d", "bob");
  }

  @Test
  void itsOwnTextIsReadBack() {
    assertThat(approves(approval())).isTrue();
    List<String> losing = List.of("public.users", "public.\"a, b\"");
    String rollback = SignedText.of("rollout/prod", "r1", new Decision.Rollback(losing, BY));
    assertThat(SignedText.losing(rollback, "rollout/prod", "r1")).contains(losing);
    assertThat(SignedText.losing(rollback, "rollout/prod", "r2")).isEmpty();
    assertThat(SignedText.losing(approval(), "rollout/prod", "r1")).isEmpty();
    assertThat(
            SignedText.losing(
                SignedText.of("rollout/prod", "r1", new Decision.Rollback(List.of(), BY)),
                "rollout/prod",
                "r1"))
        .contains(List.of());
  }

  /** A length that does not fit into a number leads back to where it stands, and on for ever. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4294967286:rubicon",
        "2147483647:x",
        "2147483648:x",
        "18446744073709551615:x",
        "99999999999999999999999999999999999999:x",
        "-1:x",
        ":x",
        "x",
        "1",
        "1:",
        "2:x",
        "1:x,",
        "1:xy",
        "1:x;1:y",
      })
  void noOtherTextIs(String text) {
    assertThat(approves(text)).isFalse();
    assertThat(SignedText.losing(text, "rollout/prod", "r1")).isEmpty();
    assertThat(approves(approval() + "," + text)).as("behind a good one").isFalse();
  }
}
