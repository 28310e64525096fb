package dev.rubicon.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.check.CheckSamples.Probe;
import dev.rubicon.check.CheckSamples.Web;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hooks are told which call this is, and their failures are coded. */
class HookCallerTest {
  @TempDir Path folder;
  private final Probe probe = new Probe();

  @Test
  void aHookIsToldRolloutPhaseAndRound() {
    try (var web = new Web(r -> new Web.Reply(204, ""))) {
      HookCaller.call("deploy", hook(web.url()), context(web.url()));

      assertThat(web.requests.getFirst().route()).isEqualTo("POST /switch");
      assertThat(web.requests.getFirst().headers().get("X-rubicon-call"))
          .containsExactly("r-1/cutover/1");
      assertThat(probe.evidence.has(HookCaller.EVIDENCE.of("deploy"))).isTrue();
    }
  }

  @Test
  void aRefusalIsHookFailedWithItsStatusAndNoBody() {
    try (var web = new Web(r -> new Web.Reply(503, "the password is hunter2"))) {
      assertThatThrownBy(() -> HookCaller.call("deploy", hook(web.url()), context(web.url())))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.HOOK_FAILED);
                assertThat(e).hasMessageContaining("503").hasMessageNotContaining("hunter2");
              });
      assertThat(web.requests).as("a hook that answered is not called again here").hasSize(1);
    }
  }

  @Test
  void aVariableThatNothingDefinesIsCoded() {
    try (var web = new Web(r -> new Web.Reply(200, ""))) {
      PhaseContext context =
          context(web.url()).on(CheckSamples.target("postgres", Map.of("b", "1", "a", "hunter2")));
      assertThatThrownBy(() -> HookCaller.call("deploy", hook(web.url()), context))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.VARIABLE_UNKNOWN);
                assertThat(e)
                    .hasMessage(
                        "nothing says what ${deployer} is (known: a, b, database, nonce, rollout,"
                            + " round)");
              });
    }
  }

  private dev.rubicon.runbook.HttpCall hook(String url) {
    return context(url).runbook().cutover().deploy().orElseThrow();
  }

  private PhaseContext context(String url) {
    Target target =
        CheckSamples.target(SharedPostgres.freshDatabase("hook"), Map.of("deployer", url));
    Bundle bundle =
        CheckSamples.bundle(
            folder,
            "CREATE TABLE item (id int)",
            """
            cutover:
              deploy: {method: POST, url: "${deployer}/switch", timeout: 5s}
              rollback-deploy: {method: POST, url: "${deployer}/back"}
            """);
    return CheckSamples.context(bundle, target, Phase.CUTOVER, probe);
  }
}
