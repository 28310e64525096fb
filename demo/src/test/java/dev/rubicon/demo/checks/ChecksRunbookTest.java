package dev.rubicon.demo.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.check.CheckResult;
import dev.rubicon.check.CheckRunner;
import dev.rubicon.check.HookCaller;
import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.Deployer;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The hooks and checks of checks-canonical, run against the fixture as they stand. */
class ChecksRunbookTest {
  private final Bundle bundle = RunbookReader.read(Path.of("../runbooks/checks-canonical"));

  @Test
  void hooksAndChecksOfTheRunbookPassOnTheFixture() throws Exception {
    Database database = ChecksDatabases.legacy(300);
    ChecksDatabases.expand(database);
    try (var deployer = new Deployer(0, 0, database, database, ChecksApplication.services(true))) {
      Target target = target(database, deployer);
      Runbook runbook = bundle.runbook();

      PhaseContext rehearse = context(target, Phase.REHEARSE);
      HookCaller.call("deploy", runbook.rehearse().deploy().orElseThrow(), rehearse);
      assertThat(run(rehearse, runbook.rehearse().checks())).allMatch(CheckResult::passed);
      HookCaller.call("undeploy", runbook.rehearse().undeploy().orElseThrow(), rehearse);

      assertThat(failed(run(context(target, Phase.SMOKE), runbook.smoke())))
          .as("the old build cannot pass as the new one")
          .containsExactly(
              "healthz",
              "run-anonymous",
              "anonymous-row-has-the-new-fields",
              "anonymous-usage-counted");

      HookCaller.call(
          "deploy", runbook.cutover().deploy().orElseThrow(), context(target, Phase.CUTOVER));
      assertThat(deployer.build()).isEqualTo("new");
      assertThat(run(context(target, Phase.SMOKE), runbook.smoke())).allMatch(CheckResult::passed);
      ChecksDatabases.execute(
          database, "UPDATE public.alembic_version SET version_num = 'b73c9aa4f0c3'");
      assertThat(run(context(target, Phase.WATCH), runbook.watch().checks()))
          .allMatch(CheckResult::passed);

      HookCaller.call(
          "rollback-deploy",
          runbook.cutover().rollbackDeploy().orElseThrow(),
          context(target, Phase.ROLLBACK));
      assertThat(deployer.build()).isEqualTo("old");
    }
  }

  private static List<CheckResult> run(PhaseContext context, List<Check> checks) {
    try (var runner = new CheckRunner(context, context.target())) {
      return runner.run(checks);
    }
  }

  private static List<String> failed(List<CheckResult> results) {
    return results.stream().filter(r -> !r.passed()).map(CheckResult::name).toList();
  }

  private static Target target(Database database, Deployer deployer) {
    return new Target(
        "prod",
        database.url(),
        database.user(),
        new Secret(database.password()),
        Map.of(
            "app", deployer.appUrl(),
            "deployer", deployer.url(),
            "smoke_session", "smoke-session"));
  }

  private PhaseContext context(Target target, Phase phase) {
    return new PhaseContext(
        new PhaseInput("r-1", "prod", bundle.digest(), "alice", phase, 1),
        bundle,
        target,
        piece -> assertThat(piece.value()).isNotNull(),
        Progress.NONE);
  }
}
