package dev.rubicon.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.RunbookText;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Bench;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a role that is not the relation's owner installs belongs to the owner all the same. */
@Tag("slow")
class FunctionOwnerTest {
  private static final String OWNER = "partition \"owner";
  private static Bench bench;

  @AfterAll
  static void dropRole() throws Exception {
    if (bench != null) {
      bench.run(
          "DROP OWNED BY \"partition \"\"owner\" CASCADE", "DROP ROLE \"partition \"\"owner\"");
    }
  }

  @Test
  void functionsAndKeyTablesBelongToTheRelationsOwnerAlsoInAnOddSchema() throws Exception {
    bench =
        new Bench(
            """
            CREATE ROLE "partition ""owner";
            CREATE SCHEMA "Odd ""Schema" AUTHORIZATION "partition ""owner";
            CREATE TABLE "Odd ""Schema".events (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
            CREATE TABLE "Odd ""Schema".event_ids (id bigint PRIMARY KEY);
            ALTER TABLE "Odd ""Schema".events OWNER TO "partition ""owner";
            """);
    Runbook runbook =
        RunbookText.read(
            """
            schemas: ['"Odd ""Schema"']
            backup: {external: none}
            clone: {none: test}
            transitions: [{relation: '"Odd ""Schema".plain', kind: shadow, to: '"Odd ""Schema".events'}]
            partitions: [{relation: '"Odd ""Schema".events', every: month, keep: 6 months, drop-after: 1 month}]
            key-tables: [{table: '"Odd ""Schema".event_ids', relation: '"Odd ""Schema".events', columns: [id]}]
            """,
            Map.of());
    bench.run(PartitionFunctions.create(runbook.partitions()), KeyTables.canonical(runbook));

    assertThat(
            bench.rows(
                """
                SELECT proname || ' ' || pg_get_userbyid(proowner) FROM pg_proc
                WHERE pronamespace = '"Odd ""Schema"'::regnamespace ORDER BY 1\
                """))
        .hasSize(5)
        .allMatch(line -> line.endsWith(" " + OWNER));
    assertThat(
            bench.one("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'event_ids'"))
        .isEqualTo(OWNER);
  }
}
