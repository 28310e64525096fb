package dev.rubicon.demo.checks.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.ChecksDatabases;
import dev.rubicon.stack.suite.Turn;
import java.sql.Connection;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients count right, and their proof finds what is planted. */
@Turn
class TrafficClientsTest {

  @Test
  void everyAcknowledgedWriteOfTheOldVersionIsProvedOnAPlainLegacyDatabase() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 300);
      clients.stop();

      Proof proof = clients.prove();

      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(proof.acknowledged())
          .isEqualTo(clients.journal().acknowledged(Side.OLD))
          .isGreaterThanOrEqualTo(300);
      assertThat(clients.journal().failures()).isEmpty();
      assertThat(clients.newVersionWrites()).isFalse();
    }
  }

  @Test
  void aDeletedRowAChangedValueAndARevertedUpdateAreLostWrites() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 300);
      clients.stop();

      ChecksDatabases.execute(
          database,
          "DELETE FROM public.checks WHERE run_id = (SELECT min(run_id) FROM public.checks WHERE"
              + " prompt_version = 'client-old')");
      assertThat(clients.prove().lost()).isEqualTo(1);
      ChecksDatabases.execute(
          database,
          "UPDATE public.checks SET claim_text = claim_text || ' ' WHERE run_id = (SELECT"
              + " max(run_id) FROM public.checks WHERE prompt_version = 'client-old')");
      assertThat(clients.prove().lost()).isEqualTo(2);
      ChecksDatabases.execute(
          database,
          "UPDATE public.checks SET diagnostics = diagnostics - 'op' WHERE id = (SELECT max(id)"
              + " FROM public.checks WHERE diagnostics ? 'op' AND claim_text NOT LIKE '% ')");

      Proof proof = clients.prove();
      assertThat(proof.lost()).isEqualTo(3);
      assertThat(proof.duplicated()).isZero();
      assertThat(proof.holds()).isFalse();
    }
  }

  @Test
  void aProofInBetweenKnowsEveryOutcomeAndTheClientsGoOn() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 200);

      Proof first = clients.proveInBetween();

      assertThat(first.problems()).isEmpty();
      assertThat(first.holds()).isTrue();
      assertThat(first.acknowledged()).isGreaterThanOrEqualTo(200);
      writeUntil(clients, Side.OLD, (int) first.acknowledged() + 100);
      ChecksDatabases.execute(
          database,
          "DELETE FROM public.checks WHERE run_id = (SELECT min(run_id) FROM public.checks WHERE"
              + " prompt_version = 'client-old')");
      assertThat(clients.proveInBetween().lost()).isEqualTo(1);
    }
  }

  @Test
  void aRowThatIsThereTwiceAndUsageCountedTwiceAreDuplicates() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 100);
      clients.stop();

      ChecksDatabases.execute(
          database,
          """
          ALTER TABLE public.checks DROP CONSTRAINT uq_checks_run_id;
          INSERT INTO public.checks (run_id, claim_text, prompt_version, aggregation, diagnostics)
          SELECT run_id, claim_text, prompt_version, aggregation, diagnostics FROM public.checks
           WHERE prompt_version = 'client-old' ORDER BY id LIMIT 1;
          UPDATE public.usage_ledger l SET checks_used = checks_used + 1 FROM public.users u
           WHERE u.id = l.user_id AND u.email LIKE '%old0@client.example'\
          """);

      Proof proof = clients.prove();
      assertThat(proof.duplicated()).isEqualTo(2);
      assertThat(proof.lost()).isZero();
    }
  }

  @Test
  void usageThatIsMissingIsLostAndARowNobodyAcknowledgedIsNamed() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 100);
      clients.stop();

      ChecksDatabases.execute(
          database,
          """
          UPDATE public.usage_ledger l SET checks_used = checks_used - 2 FROM public.users u
           WHERE u.id = l.user_id AND u.email LIKE '%old1@client.example';
          INSERT INTO public.checks (run_id, claim_text, prompt_version)
          SELECT run_id || 'x', '', 'client-old' FROM public.checks WHERE prompt_version = 'client-old' LIMIT 1\
          """);

      Proof proof = clients.prove();
      assertThat(proof.lost()).isEqualTo(2);
      assertThat(proof.unexpected()).isEqualTo(1);
    }
  }

  @Test
  void theNewVersionWaitsForItsSchemaAndBothSidesAreProvedFromThenOn() throws Exception {
    Database database = ChecksDatabases.legacy(500);
    try (var clients = TrafficClients.start(settings(database, 150, 150))) {
      writeUntil(clients, Side.OLD, 50);
      assertThat(clients.journal().acknowledged(Side.NEW)).isZero();
      Instant expanded = Instant.now();
      ChecksDatabases.expand(database);
      writeUntil(clients, Side.NEW, 300);
      clients.stop();

      Proof proof = clients.prove();

      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(clients.journal().acknowledged(expanded, Instant.now())).isGreaterThan(300);
      assertThat(clients.journal().maxStallMillis())
          .isGreaterThanOrEqualTo(
              clients.journal().maxStallMillis(expanded.plusSeconds(3600), Instant.MAX));

      ChecksDatabases.execute(
          database,
          "ALTER TABLE public.checks DISABLE TRIGGER both_sides; UPDATE public.checks SET"
              + " gate_compliance_ok = NOT gate_compliance_ok WHERE id = (SELECT max(id) FROM"
              + " public.checks WHERE prompt_version = 'client-new' AND gate_compliance_ok IS NOT"
              + " NULL)");
      assertThat(clients.prove().lost()).isEqualTo(1);

      ChecksDatabases.execute(
          database,
          "DROP TRIGGER both_sides ON public.checks; DROP FUNCTION public.derive(public.checks);"
              + " ALTER TABLE public.checks DROP COLUMN claim_text, DROP COLUMN aggregation, DROP"
              + " COLUMN diagnostics");
      assertThat(clients.prove().lost()).as("canonical alone").isEqualTo(1);
    }
  }

  @Test
  void aDualWriteThatForgetsOneDirectionIsSeenWhileItHappens() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    ChecksDatabases.expand(database);
    try (var clients = TrafficClients.start(settings(database, 100, 100))) {
      writeUntil(clients, Side.NEW, 50);
      ChecksDatabases.execute(
          database,
          "ALTER TABLE public.checks DISABLE TRIGGER both_sides; ALTER TABLE public.checks ALTER"
              + " COLUMN claim_text DROP NOT NULL");
      until(() -> !clients.journal().missing().isEmpty());
      clients.stop();

      assertThat(clients.prove().lost()).isPositive();
    }
  }

  @Test
  void aTerminatedBackendLeavesNoWriteInDoubt() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    try (var clients = oldOnly(database)) {
      for (int i = 1; i <= 5; i++) {
        writeUntil(clients, Side.OLD, i * 60);
        ChecksDatabases.execute(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
                + " 'checks-old-writer' AND datname = current_database()");
      }
      writeUntil(clients, Side.OLD, 360);
      clients.stop();

      Proof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(proof.unknown()).isZero();
    }
  }

  @Test
  void aStallIsMeasuredFromOutsideAndOnlyInItsSpanOfTime() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    try (var clients = oldOnly(database)) {
      writeUntil(clients, Side.OLD, 30);
      Instant from = Instant.now();
      try (Connection connection = database.connect("test")) {
        connection.setAutoCommit(false);
        ChecksDatabases.execute(
            connection, "LOCK TABLE public.checks IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.7)");
        connection.commit();
      }
      long so = clients.journal().acknowledged();
      until(() -> clients.journal().acknowledged() > so + 30);
      Instant to = Instant.now();
      clients.stop();

      assertThat(clients.journal().maxStallMillis(from, to)).isBetween(500L, 10_000L);
      assertThat(clients.journal().maxStallMillis(Instant.MIN, from.minusMillis(1000)))
          .isLessThan(clients.journal().maxStallMillis(from, to));
    }
  }

  @Test
  void everyAttemptStandsInTheFile(@TempDir java.nio.file.Path folder) throws Exception {
    Database database = ChecksDatabases.legacy(100);
    var file = folder.resolve("journal.jsonl");
    var settings =
        new TrafficClients.Settings(database, Optional.empty(), 200, 0, 0, 50, Optional.of(file));
    TrafficClients clients = TrafficClients.start(settings);
    writeUntil(clients, Side.OLD, 40);
    clients.close();

    assertThat(java.nio.file.Files.readAllLines(file)).hasSameSizeAs(clients.journal().attempts());
  }

  private static TrafficClients oldOnly(Database database) throws Exception {
    return TrafficClients.start(settings(database, 300, 0));
  }

  private static TrafficClients.Settings settings(Database database, double old, double fresh) {
    return new TrafficClients.Settings(
        database, Optional.empty(), old, fresh, 0, 100, Optional.empty());
  }

  private static void writeUntil(TrafficClients clients, Side side, long acknowledged) {
    until(() -> clients.journal().acknowledged(side) >= acknowledged);
  }

  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a deadline of 60 s").isLessThan(deadline);
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
