package dev.rubicon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.backup.BackupKeys;
import dev.rubicon.backup.Manifest;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.cli.Answer;
import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.chat.client.ChatClients;
import dev.rubicon.demo.chat.client.ChatProof;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.watch.Series;
import dev.rubicon.watch.WatchPosition;
import dev.rubicon.worker.WorkerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole rollout of prisma-baseline under live traffic: a database that grew by hand gets what
 * its models say, sequences that give free keys, and a Prisma that believes its baseline.
 */
@Turn(4)
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PrismaEndToEndTest {
  private static final String DATABASE = TestSite.Subject.CHAT.database();
  private static final String MIGRATIONS =
      "SELECT string_agg(migration_name || ' ' || checksum || ' ' || (finished_at = started_at) ||"
          + " ' ' || applied_steps_count, ', ') FROM public._prisma_migrations";

  /** What the rollout left; the second test goes on with it. */
  private static TestSite left;

  @AfterAll
  static void close() {
    if (left != null) {
      left.close();
    }
  }

  @Order(1)
  @Tag("rollout")
  @Test
  void aGrownDatabaseIsAdoptedByPrismaUnderLiveTraffic() throws Exception {
    TestSite site = TestSite.start(TestSite.Subject.CHAT, 3_000, TemporalChoice.IN_PROCESS);
    left = site;
    try (var worker = WorkerProcess.start(site.config, false);
        var clients = ChatClients.ofBoth(site.database, 40)) {
      Path runbook = site.quick("prisma-baseline", "4s");
      thePlanNamesDuplicatesAndSequences(site, runbook);

      site.launch(runbook);
      site.approve(Runbook.Gate.CUTOVER);
      Instant expanded = Instant.now();
      site.await("watch", Duration.ofMinutes(2), s -> s.phase() == Phase.WATCH);
      assertThat(site.ask(DATABASE, MIGRATIONS)).isEqualTo(baseline());
      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      site.awaitGate(Runbook.Gate.CUTOVER);
      assertThat(site.ask(DATABASE, MIGRATIONS)).isEmpty();
      holds(clients.proveInBetween());

      site.approve(Runbook.Gate.CUTOVER);
      site.await(
          "completion", Duration.ofMinutes(2), s -> s.state() == RolloutStatus.State.COMPLETED);
      clients.stop();
      ChatProof proof = clients.prove();
      holds(proof);
      assertThat(proof.acknowledged()).isGreaterThan(300);
      everyInsertHasAFreeKeySince(clients, expanded);
      site.planShowsNoDifference(runbook);

      growthIsASeries(site);
      theBackupHasBothFilesOfTheSnapshot(site);

      contract(site);
      holds(clients.prove());
      site.planShowsNoDifference(runbook);
      assertThat(site.ask(DATABASE, MIGRATIONS)).isEqualTo(baseline());
      assertThat(site.ask(DATABASE, "SELECT count(*) FROM public.session_store")).isEqualTo("1");
      assertThat(worker.url()).isEmpty();
    }
  }

  /** Step 5 of the plan, and every other model; as the owner of the tables. */
  @Order(2)
  @Tag("rollout")
  @Test
  void prismasGeneratedClientReadsEveryModelAndGetsAFreeKey(@TempDir Path folder) throws Exception {
    assumeTrue(PrismaEngine.clientAvailable(), "prisma's client is not installed: not run");
    assumeTrue(left != null, "the rollout was left out: not run");
    assertThat(PrismaEngine.of(folder, left, DATABASE).run("client").lines())
        .contains("User id,username,email,createdAt,status", "created ACTIVE")
        .anyMatch(line -> line.startsWith("CallLog id,"))
        .anyMatch(line -> line.startsWith("ThreadMember "));
  }

  /** As the owner of the tables, whom the application and Prisma connect as. */
  @Order(3)
  @Tag("rollout")
  @Test
  void prismasEngineFindsItsBaselineAndAppliesTheNextMigration(@TempDir Path folder)
      throws Exception {
    assumeTrue(PrismaEngine.available(), "prisma's schema engine is not installed: not run");
    assumeTrue(left != null, "the rollout was left out: not run");
    var prisma = PrismaEngine.of(folder, left, DATABASE);
    assertThat(prisma.run("pending")).isEmpty();
    assertThat(prisma.run("draft"))
        .as("the models, as the engine makes them from nothing")
        .isEqualTo(prisma.baseline().strip());

    prisma.model(
        "add_feature_x",
        "  status      String         @default(\"ACTIVE\")\n",
        "  nickname String?\n");
    assertThat(prisma.run("pending")).isEqualTo("0001_add_feature_x");
    prisma.run("up");
    assertThat(prisma.run("pending")).isEmpty();
    assertThat(left.ask(DATABASE, "SELECT count(nickname) FROM public.users")).isEqualTo("0");
  }

  /** They are the owner's to clean: nothing is touched before. */
  private static void thePlanNamesDuplicatesAndSequences(TestSite site, Path runbook)
      throws Exception {
    run(site, "INSERT INTO users (id, username, email) VALUES (900001, 'user7', 'twice')");
    String stopped = plan(site, runbook, ErrorCode.Exit.POLICY);
    assertThat(stopped)
        .contains("STOPS", "hazard:data:unique:public.users.users_username_key", "1 offender");
    run(site, "DELETE FROM users WHERE id = 900001");
    assertThat(plan(site, runbook, ErrorCode.Exit.DIFFERENCES))
        .contains(
            "value-drift:sequence:public.users_id_seq",
            "value-drift:sequence:public.call_logs_id_seq",
            "missing:table:public.thread_members")
        .doesNotContain("STOPS", "offender", "sequence:public.messages_id_seq");
  }

  private static String plan(TestSite site, Path runbook, int exit) {
    Answer plan = Answer.of(site.configFile, "plan", "--runbook", runbook.toString());
    assertThat(plan.exit()).as(plan.out() + plan.err()).isEqualTo(exit);
    return plan.out();
  }

  /** As {@code prisma migrate resolve --applied} writes it. */
  private static String baseline() throws Exception {
    byte[] script =
        Files.readAllBytes(
            Path.of("../runbooks/prisma-baseline/prisma/migrations/0000_baseline/migration.sql"));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(script);
    return "0000_baseline " + HexFormat.of().formatHex(hash) + " true 0";
  }

  /** Before, the sequences that are behind refuse inserts; nothing else ever did. */
  private static void everyInsertHasAFreeKeySince(ChatClients clients, Instant expanded) {
    List<Attempt> refused =
        clients.journal().attempts().stream()
            .filter(a -> a.result() != Attempt.Result.ACKNOWLEDGED)
            .toList();
    assertThat(refused).isNotEmpty();
    assertThat(refused).extracting(Attempt::error).containsOnly("23505");
    assertThat(refused)
        .extracting(Attempt::operation)
        .containsOnly("insert users", "insert call_logs");
    assertThat(refused).allMatch(a -> a.issued().isBefore(expanded));
  }

  private static void growthIsASeries(TestSite site) {
    assertThat(
            site.rollouts
                .ledger()
                .evidenceOf(rollout(site), Phase.WATCH, WatchPosition.EVIDENCE)
                .orElseThrow()
                .figures())
        .filteredOn(series -> !series.points().isEmpty())
        .extracting(Series::name)
        .contains("live rows users", "sequence position users_id_seq");
  }

  private static String rollout(TestSite site) {
    return site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id();
  }

  /** Of before the rollout; {@code thread_members} was not there yet. */
  private static void theBackupHasBothFilesOfTheSnapshot(TestSite site) {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      String key = BackupKeys.of(TestSite.TARGET, rollout(site)).manifest();
      List<Manifest.Export> exports = Manifest.parse(key, store.read(key)).exports();
      assertThat(exports)
          .extracting(Manifest.Export::of)
          .containsExactly("schema", "public.call_logs");
      assertThat(new String(store.read(exports.getFirst().key()), UTF_8))
          .contains("CREATE TABLE public.session_store", "is_active boolean")
          .doesNotContain("CREATE TABLE public.thread_members", "COPY ");
      assertThat(new String(store.read(exports.getLast().key()), UTF_8))
          .contains("COPY public.call_logs")
          .doesNotContain("CREATE TABLE", "COPY public.users");
    }
  }

  private static void holds(ChatProof proof) {
    assertThat(proof.problems()).isEmpty();
    assertThat(proof.holds()).isTrue();
  }

  private static void contract(TestSite site) throws Exception {
    try (var clients = ChatClients.ofNew(site.database, 40);
        ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
      site.await(
          "contract",
          Duration.ofMinutes(2),
          s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
      clients.stop();
      ChatProof proof = clients.prove();
      holds(proof);
      assertThat(proof.refusals()).isEmpty();
    }
  }

  @Test
  void everyStepOfThePlanHasItsPlaceInTheReadme() throws Exception {
    String readme = Files.readString(Path.of("../runbooks/prisma-baseline/README.md"));
    assertThat(
            Pattern.compile("(?m)^\\| \\*\\*(.+?)\\*\\*.* \\| .+ \\| .+ \\|$")
                .matcher(readme)
                .results()
                .map(row -> row.group(1).replaceFirst("\\..*", ""))
                .distinct())
        .containsExactly("Strategy", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
  }

  private static void run(TestSite site, String sql) throws Exception {
    try (Connection connection = site.superuser(DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
