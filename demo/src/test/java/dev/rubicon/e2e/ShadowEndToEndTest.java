package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A whole rollout that renames a table which four others point at, under writes, there and back.
 */
@Tag("rollout")
@Timeout(600)
final class ShadowEndToEndTest {
  private final Map<UUID, String> acknowledged = new ConcurrentHashMap<>();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicBoolean stop = new AtomicBoolean();

  /** What becomes of the users, and how a client of the new names writes and reads one. */
  enum Change {
    RENAMED(
        "users-renamed",
        "INSERT INTO public.app_users (id, email, full_name) VALUES ('%s', 'new@example.org',"
            + " '%s')",
        "SELECT full_name FROM public.app_users WHERE id = '%s'"),
    SPLIT(
        "users-split",
        "WITH u AS (INSERT INTO public.app_users (id, email) VALUES ('%1$s', 'new@example.org'))"
            + " INSERT INTO public.user_profiles (user_id, full_name) VALUES ('%1$s', '%2$s')",
        "SELECT full_name FROM public.user_profiles WHERE user_id = '%s'");

    private final String runbook;
    private final String insert;
    private final String read;

    Change(String runbook, String insert, String read) {
      this.runbook = runbook;
      this.insert = insert;
      this.read = read;
    }

    String canonical(String legacy) {
      String renamed =
          legacy
              .replace("public.users", "public.app_users")
              .replace("ux_users_email", "ux_app_users_email");
      return this == RENAMED
          ? renamed.replace("display_name  text", "full_name text")
          : renamed.replace("    display_name  text,\n", "")
              + "\nCREATE TABLE public.user_profiles (user_id uuid PRIMARY KEY REFERENCES"
              + " public.app_users (id) ON DELETE CASCADE, full_name text);\n";
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableIsChangedAndTakenBackAndChangedAgain(Change change) throws Exception {
    try (var site = TestSite.start(3_000, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false)) {
      String before = site.ask("heretix", "SELECT count(*) FROM public.users");
      // The old name takes writes throughout: before the cutover a table's, after it a view's.
      Thread old = Thread.ofPlatform().start(() -> write(site));
      Path runbook = runbook(change);
      site.launch(runbook);
      site.approve(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.CUTOVER);
      site.await("watch", Duration.ofMinutes(2), s -> s.phase() == Phase.WATCH);
      assertThat(site.ask("heretix", RELKIND)).isEqualTo("v");
      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      site.awaitGate(Runbook.Gate.CUTOVER);
      assertThat(site.ask("heretix", RELKIND)).isEqualTo("r");
      site.approve(Runbook.Gate.CUTOVER);
      site.await(
          "completion", Duration.ofMinutes(3), s -> s.state() == RolloutStatus.State.COMPLETED);
      stop.set(true);
      old.join();
      try (var connection = site.database.connect("new");
          var statement = connection.createStatement()) {
        UUID id = UUID.randomUUID();
        statement.execute(change.insert.formatted(id, "by the new name"));
        acknowledged.put(id, "by the new name");
      }
      assertThat(errors).isEmpty();
      assertThat(acknowledged.size()).isGreaterThan(100);

      site.planShowsNoDifference(runbook);
      while (!site.ask("heretix", QUIET).equals("t")) {
        TestSite.pause();
      }
      try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
        site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
      }
      site.approve(Runbook.Gate.CONTRACT);
      site.await(
          "contract", Duration.ofMinutes(2), s -> s.state() == RolloutStatus.State.COMPLETED);

      site.planShowsNoDifference(runbook);
      assertThat(site.ask("heretix", "SELECT to_regclass('public.users')")).isEmpty();
      assertThat(site.ask("heretix", POINTING)).isEqualTo("4");
      assertThat(site.ask("heretix", "SELECT to_regnamespace('rubicon')")).isEmpty();
      assertThat(site.ask("heretix", "SELECT count(*) FROM public.app_users"))
          .isEqualTo(Long.toString(Long.parseLong(before) + acknowledged.size()));
      for (var written : acknowledged.entrySet()) {
        assertThat(site.ask("heretix", change.read.formatted(written.getKey())))
            .isEqualTo(written.getValue());
      }
      assertThat(worker.url()).isEmpty();
    }
  }

  /** As long as the runbook's quiet period asks for. */
  private static final String QUIET =
      "SELECT coalesce(max(at) < clock_timestamp() - interval '1 s', true) FROM"
          + " rubicon.legacy_write";

  private static final String RELKIND =
      "SELECT relkind FROM pg_class WHERE oid = 'public.users'::regclass";

  private static final String POINTING =
      "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND confrelid ="
          + " 'public.app_users'::regclass AND conname NOT LIKE 'rubicon%'"
          + " AND conname <> 'user_profiles_user_id_fkey'";

  private void write(TestSite site) {
    try (var connection = site.database.connect("old");
        var insert =
            connection.prepareStatement(
                "INSERT INTO public.users (id, email, display_name) VALUES (?, ?, 'first')");
        var update =
            connection.prepareStatement("UPDATE public.users SET display_name = ? WHERE id = ?")) {
      for (int i = 0; !stop.get(); i++) {
        UUID id = UUID.randomUUID();
        insert.setObject(1, id);
        insert.setString(2, id + "@example.org");
        insert.executeUpdate();
        acknowledged.put(id, "first");
        if (i % 2 == 0) {
          update.setString(1, "name " + i);
          update.setObject(2, id);
          assertThat(update.executeUpdate()).isOne();
          acknowledged.put(id, "name " + i);
        }
        TestSite.pause();
      }
    } catch (SQLException e) {
      errors.add(e.getSQLState() + " " + e.getMessage());
    }
  }

  /** Canonical is the legacy schema with the change in it. */
  static Path runbook(Change change) throws IOException {
    Path folder = Files.createTempDirectory(change.runbook);
    Path source = Path.of("src/test/resources/runbook", change.runbook);
    for (String file :
        List.of("runbook.yaml", "expand/V1__app_users.sql", "expand/U1__app_users.sql")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.copy(source.resolve(file), folder.resolve(file));
    }
    Files.createDirectories(folder.resolve("canonical"));
    Files.writeString(
        folder.resolve("canonical/schema.sql"),
        change.canonical(
            Files.readString(Path.of("../runbooks/checks-canonical/legacy/schema.sql"))));
    return folder;
  }
}
