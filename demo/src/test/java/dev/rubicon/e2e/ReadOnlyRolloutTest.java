package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.cli.Answer;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A whole rollout whose runbook holds clients read-only around the swap: what they see of it, and
 * which documents it leaves when it is completed.
 */
@Turn(2)
@Tag("rollout")
@Timeout(300)
final class ReadOnlyRolloutTest {
  private static final String TARGET = "quiet";

  /**
   * Whoever has this advisory lock keeps the crossing's comparison waiting: not for a lock, which
   * the crossing's own lock_timeout would end.
   */
  private static final String HOLD = "pg_advisory_lock(4711)";

  private static final String PRICE_OF =
      """
      CREATE FUNCTION public.price_of(price text) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF current_setting('application_name') LIKE '%cutover%' THEN
          WHILE NOT pg_try_advisory_xact_lock_shared(4711) LOOP
            PERFORM pg_sleep(0.05);
          END LOOP;
        END IF;
        RETURN price::numeric(12,2);
      END $$;
      """;

  @Test
  void clientsWaitInTheWindowAndTheRolloutLeavesItsDocuments() throws Exception {
    try (var site = CaseSite.start(List.of(TARGET), (stack, text) -> text);
        var worker = WorkerProcess.start(site.config, false)) {
      assertThat(worker.url()).isEmpty();
      Case orders =
          site.open(
              TARGET,
              "small-auto",
              Map.of(
                  "price_text::numeric(12,2)", "public.price_of(price_text)",
                  "{duration: 90s, every: 5s}", "{duration: 3s, every: 1s}"));
      Path expand = orders.runbook.resolve("expand");
      Files.writeString(expand.resolve("V8__price_of.sql"), PRICE_OF);
      Files.writeString(expand.resolve("U8__price_of.sql"), "DROP FUNCTION public.price_of(text);");
      Path yaml = orders.runbook.resolve("runbook.yaml");
      Files.writeString(
          yaml,
          Files.readString(yaml)
              + "\n"
              + "cutover: {read-only: 60s, lock-timeout: 500ms}\n"
              + "documentation: {change-log: Prices are numbers.}\n");

      orders.launch();
      orders.awaitGate(Runbook.Gate.CUTOVER);
      theWindow(site, orders);

      orders.execute("INSERT INTO public.orders (price) VALUES (1234567.5)");
      assertThat(orders.ask("SELECT count(*) FROM public.orders WHERE price_text = '1234567.50'"))
          .isEqualTo("1");
      orders.awaitEnd(RolloutStatus.State.COMPLETED);
      theDocuments(site, orders);
    }
  }

  private static void theWindow(CaseSite site, Case orders) throws Exception {
    try (Connection holder = site.superuser(TARGET);
        Connection hasty = site.superuser(TARGET);
        Connection patient = site.superuser(TARGET);
        var hold = holder.createStatement();
        var statement = hasty.createStatement()) {
      hold.execute("SELECT " + HOLD);
      var written = new AtomicInteger();
      var stop = new AtomicBoolean();
      // An old build, which writes on and on: what it writes behind the verification is compared
      // once more in the window.
      var client =
          CompletableFuture.runAsync(
              () -> {
                try (var write =
                    patient.prepareStatement(
                        "UPDATE public.orders SET price_text = ? WHERE id = 7")) {
                  while (!stop.get()) {
                    write.setString(1, (written.get() + 1) + ".25");
                    assertThat(write.executeUpdate()).isOne();
                    written.incrementAndGet();
                  }
                } catch (SQLException e) {
                  throw new IllegalStateException(e.getSQLState(), e);
                }
              });
      orders.approve(Runbook.Gate.CUTOVER);
      orders.await("a writer who waits in the window", _ -> isOpen(orders) && waits(orders));
      int before = written.get();
      assertThat(before).isPositive();

      assertThat(statement.executeQuery("SELECT price FROM public.orders WHERE id = 7").next())
          .as("reads go on")
          .isTrue();
      statement.execute("SET lock_timeout = '200ms'");
      var refused =
          catchThrowableOfType(
              SQLException.class,
              () -> statement.execute("UPDATE public.orders SET note = 'x' WHERE id = 8"));
      assertThat(refused.getSQLState()).isEqualTo("55P03");
      assertThat(isOpen(orders)).isTrue();
      assertThat(written).hasValue(before);

      hold.execute("SELECT pg_advisory_unlock(4711)");
      orders.await("the writer to go on", _ -> written.get() > before + 10);
      // And the one who was refused may try again.
      statement.execute("RESET lock_timeout");
      assertThat(statement.executeUpdate("UPDATE public.orders SET note = 'x' WHERE id = 8"))
          .isOne();
      orders.await("the crossing", _ -> orders.stage().equals("CUT_OVER"));
      stop.set(true);
      client.join();
      assertThat(orders.ask("SELECT price || ' ' || price_text FROM public.orders WHERE id = 7"))
          .as("what it wrote last, in both dialects")
          .isEqualTo(written + ".25 " + written + ".25");
    }
  }

  /** The crossing holds writers off, and compares: there it is kept waiting. */
  private static boolean isOpen(Case orders) {
    return !orders
        .ask(
            """
            SELECT count(*) FROM pg_locks l JOIN pg_stat_activity s USING (pid)
             WHERE l.relation = 'public.orders'::regclass AND l.mode = 'ShareLock' AND l.granted
               AND s.application_name LIKE '%cutover%'\
            """)
        .equals("0");
  }

  private static boolean waits(Case orders) {
    return !orders
        .ask(
            "SELECT count(*) FROM pg_locks WHERE relation = 'public.orders'::regclass AND mode ="
                + " 'RowExclusiveLock' AND NOT granted")
        .equals("0");
  }

  private static void theDocuments(CaseSite site, Case orders) throws IOException {
    Path out = site.folder.resolve("documents");
    Answer fetched =
        Answer.of(
            site.configFile,
            "report",
            orders.rollout(),
            "--documents",
            out.toString(),
            "--file",
            site.folder.resolve("report.html").toString());
    assertThat(fetched.exit()).as(fetched.err()).isEqualTo(ErrorCode.Exit.DONE);
    assertThat(site.folder.resolve("report.html")).content().contains("<html");
    assertThat(out.resolve("dictionary.md"))
        .content()
        .contains("public.orders", "price", "numeric(12,2)");
    assertThat(out.resolve("changelog.md"))
        .content()
        .contains("Prices are numbers.", "### Added", "price");
    assertThat(out.resolve("README.md")).content().contains("dictionary.md", "changelog.md");
    List<Path> diagrams;
    try (var files = Files.list(out.resolve("diagrams"))) {
      diagrams = files.sorted().toList();
    }
    assertThat(diagrams)
        .extracting(path -> path.toString().replaceFirst(".*\\.", ""))
        .contains("mmd", "svg", "png");
    for (Path diagram : diagrams) {
      if (diagram.toString().endsWith(".png")) {
        var picture = ImageIO.read(diagram.toFile());
        assertThat(picture.getWidth()).isGreaterThan(50);
        assertThat(picture.getHeight()).isGreaterThan(50);
      } else {
        assertThat(read(diagram)).contains("orders", "price");
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
