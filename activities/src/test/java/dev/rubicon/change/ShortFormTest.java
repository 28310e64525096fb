package dev.rubicon.change;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.abort.Abort;
import dev.rubicon.backfill.Backfill;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.contract.Contract;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.dualwrite.DualWrite;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.preflight.PreflightSamples;
import dev.rubicon.rollback.Rollback;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who says only what changes gets a database that differs in nothing else, names included. */
@Tag("slow")
class ShortFormTest {
  private static final String ROLES =
      """
      DO $$ BEGIN
        IF to_regrole('short_app') IS NULL THEN CREATE ROLE short_app; END IF;
        IF to_regrole('"Short Reader"') IS NULL THEN CREATE ROLE "Short Reader"; END IF;
        IF to_regrole('short_owner') IS NULL THEN CREATE ROLE short_owner; END IF;
      END $$;
      """;

  /** A table with everything on it that the short form carries, and what stands beside it. */
  private static final String EVERYTHING =
      ROLES
          + """
          CREATE SCHEMA "Shop";
          GRANT USAGE, CREATE ON SCHEMA "Shop" TO short_owner;
          GRANT USAGE ON SCHEMA "Shop" TO short_app;
          CREATE TYPE public.mood AS ENUM ('sad', 'ok');
          CREATE TABLE public.customer (id integer PRIMARY KEY, name text);
          CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
            AS $$ BEGIN NEW.touched := '2020-01-01'; RETURN NEW; END $$;
          CREATE TABLE "Shop"."Order" (
            "Id" serial,
            customer integer NOT NULL,
            parent integer,
            "Mood" public.mood DEFAULT 'ok',
            tags text[] NOT NULL DEFAULT '{}',
            code character varying(20) COLLATE "C" DEFAULT 'x''y',
            amount numeric(10,2) DEFAULT 0 NOT NULL,
            doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
            note text,
            body text,
            touched timestamptz DEFAULT '2020-01-01 00:00:00+00',
            CONSTRAINT "Order Key" PRIMARY KEY ("Id") WITH (fillfactor=80),
            CONSTRAINT order_code UNIQUE (code),
            CONSTRAINT "Positive" CHECK ("Id" > 0 AND amount >= 0),
            CONSTRAINT order_customer FOREIGN KEY (customer) REFERENCES public.customer (id) ON DELETE CASCADE)
            WITH (fillfactor=70, autovacuum_enabled=true, toast.autovacuum_enabled=true);
          CREATE INDEX "by Mood" ON "Shop"."Order" ("Mood", lower(note)) WHERE amount > 0;
          CREATE UNIQUE INDEX order_upper ON "Shop"."Order" (upper(code), "Id") INCLUDE (amount);
          CREATE INDEX "Order_tags_idx" ON "Shop"."Order" USING gin (tags);
          ALTER INDEX "Shop"."by Mood" ALTER COLUMN 2 SET STATISTICS 50;
          ALTER TABLE "Shop"."Order" ALTER COLUMN body SET STORAGE EXTERNAL,
            ALTER COLUMN note SET STATISTICS 300, ALTER COLUMN note SET (n_distinct = 5);
          ALTER TABLE "Shop"."Order" CLUSTER ON order_upper;
          ALTER TABLE "Shop"."Order" REPLICA IDENTITY USING INDEX "Order Key";
          COMMENT ON TABLE "Shop"."Order" IS 'it''s ours';
          COMMENT ON COLUMN "Shop"."Order"."Id" IS 'the number';
          COMMENT ON CONSTRAINT "Order Key" ON "Shop"."Order" IS 'the key';
          COMMENT ON CONSTRAINT order_customer ON "Shop"."Order" IS 'whose';
          COMMENT ON INDEX "Shop"."by Mood" IS 'by mood';
          CREATE TRIGGER "Touch It" BEFORE UPDATE OF note, amount ON "Shop"."Order"
            FOR EACH ROW WHEN (OLD.note IS DISTINCT FROM NEW.note) EXECUTE FUNCTION public.touch();
          CREATE TRIGGER zz_off BEFORE INSERT ON "Shop"."Order" FOR EACH ROW EXECUTE FUNCTION public.touch();
          ALTER TABLE "Shop"."Order" DISABLE TRIGGER zz_off;
          COMMENT ON TRIGGER "Touch It" ON "Shop"."Order" IS 'touches';
          ALTER TABLE "Shop"."Order" ENABLE ROW LEVEL SECURITY;
          CREATE POLICY "own rows" ON "Shop"."Order" FOR SELECT TO "Short Reader", short_app USING ("Id" > 5);
          CREATE POLICY app ON "Shop"."Order" TO short_app USING (true);
          CREATE POLICY everybody ON "Shop"."Order" AS RESTRICTIVE WITH CHECK (amount < 1000000);
          COMMENT ON POLICY everybody ON "Shop"."Order" IS 'small';
          GRANT SELECT, INSERT ON "Shop"."Order" TO short_app;
          GRANT SELECT ON "Shop"."Order" TO "Short Reader" WITH GRANT OPTION;
          GRANT UPDATE (note) ON "Shop"."Order" TO "Short Reader";
          GRANT USAGE ON SEQUENCE "Shop"."Order_Id_seq" TO short_app;
          INSERT INTO public.customer SELECT g, 'c' || g FROM generate_series(1, 20) g;
          INSERT INTO "Shop"."Order" (customer, code, amount, note)
            SELECT g % 20 + 1, 'c' || g, g, 'n' || g FROM generate_series(1, 300) g;
          ALTER TABLE "Shop"."Order" OWNER TO short_owner;
          """;

  private static final String KEY =
      """
      schemas: [public, '"Shop"']
      transitions:
        - {relation: '"Shop"."Order"', change: {'"Id"': {type: int8}}}
      """;

  @TempDir Path temp;
  private final KeptEvidence evidence = new KeptEvidence();
  private Bench bench;

  private Bundle written(String yaml) {
    PreflightSamples.write(
        temp.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        backup: {external: elsewhere}
        clone: {none: a test}
        approvals: {gates: [], self-approval: true}
        contract: {quiet-period: 0s}
        """
            + yaml);
    try (var session = CatalogSamples.open(bench.target())) {
      session.execute("SET search_path = pg_catalog");
      return LongForm.written(session, () -> false, RunbookReader.read(temp));
    }
  }

  private PhaseContext context(Bundle bundle) {
    return PreflightSamples.context(bundle, bench.target(), evidence);
  }

  /** Differences that the plan found; nothing stops it. */
  private List<String> plan(PhaseContext context) {
    new Preflight(PreflightSamples.staging()).run(context);
    return evidence.get(EvidenceNames.FINDINGS).stream()
        .filter(Finding::differs)
        .peek(
            f ->
                assertThat(f.disposition())
                    .as(f.id() + f.title())
                    .isEqualTo(Finding.Disposition.FIXED_BY_ROLLOUT))
        .map(Finding::id)
        .sorted()
        .toList();
  }

  private void cross(PhaseContext context) {
    CatalogSnapshot canonical = evidence.get(EvidenceNames.CANONICAL);
    new Expand(_ -> Optional.of(canonical)).run(context.in(Phase.EXPAND));
    new DualWrite().run(context.in(Phase.DUAL_WRITE));
    new Backfill().run(context.in(Phase.BACKFILL));
    new Verify().run(context.in(Phase.VERIFY));
    new Cutover().run(context.in(Phase.CUTOVER), CrossingTerms.NONE);
  }

  /** In which order grants were given says nothing. */
  private String dump() {
    return Pattern.compile("(?:^GRANT .*\n)+", Pattern.MULTILINE)
        .matcher(CatalogSamples.schemaOnly(bench.target()))
        .replaceAll(
            grants ->
                Matcher.quoteReplacement(
                    grants.group().lines().sorted().collect(Collectors.joining("\n", "", "\n"))));
  }

  @Test
  void aKeyAndNothingElse() {
    bench = new Bench(EVERYTHING);
    String before = dump();
    var context = context(written(KEY));
    assertThat(plan(context))
        .containsExactly("changed:column:Shop.Order.Id", "changed:sequence:Shop.Order_Id_seq");
    cross(context);
    bench.run(
        "SET ROLE short_app; INSERT INTO \"Shop\".\"Order\" (customer, code) VALUES (1, 'new')");
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(dump())
        .isEqualTo(
            before.replace("\"Id\" integer", "\"Id\" bigint").replace("    AS integer\n", ""));
    assertThat(
            bench.one("SELECT max(\"Id\")::text || pg_typeof(max(\"Id\")) FROM \"Shop\".\"Order\""))
        .isEqualTo("301bigint");
    assertThat(bench.one("SELECT pg_get_serial_sequence('\"Shop\".\"Order\"', 'Id')"))
        .isEqualTo("\"Shop\".\"Order_Id_seq\"");
    bench.run("INSERT INTO \"Shop\".\"Order\" (\"Id\", customer) VALUES (5000000000, 1)");
  }

  /** Whoever goes back has what was there, names included. */
  @Test
  void theWayBackAndTheAbort() {
    bench = new Bench(EVERYTHING);
    String before = dump();
    var context = context(written(KEY));
    plan(context);
    cross(context);
    new Rollback().run(context.in(Phase.ROLLBACK), ReturnTerms.NOTHING_LOST);
    new Abort().run(context.in(Phase.ABORT));
    assertThat(dump()).isEqualTo(before);
  }

  /** What each value becomes is said; what follows of it is derived. */
  @Test
  void aTextThatBecomesAnEnum() {
    bench =
        new Bench(
            "CREATE TYPE public.ticket_status AS ENUM ('open', 'closed');CREATE TABLE"
                + " public.tickets (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 5 CACHE 2)"
                + " PRIMARY KEY, status text COLLATE \"C\" NOT NULL DEFAULT 'open', at"
                + " timestamptz);CREATE INDEX ON public.tickets (status, at)",
            "INSERT INTO public.tickets (status) SELECT 'closed' FROM generate_series(1, 50)");
    String before = dump();
    var context =
        context(
            written(
                """
                transitions:
                  - {relation: public.tickets, change: {status: {type: ticket_status, up: "status::ticket_status", down: "status::text"}}}
                """));
    assertThat(plan(context)).contains("changed:column:public.tickets.status");
    cross(context);
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(dump())
        .isEqualTo(
            before.replace(
                "status text DEFAULT 'open'::text NOT NULL COLLATE pg_catalog.\"C\"",
                "status public.ticket_status DEFAULT 'open'::public.ticket_status NOT NULL"));
    assertThat(bench.one("INSERT INTO public.tickets DEFAULT VALUES RETURNING id::text || status"))
        .isEqualTo("55open");
  }

  /** The same bytes of the same catalog, and what is written out plans as what was short. */
  @Test
  void theLongFormIsTheSameEachTime() {
    bench = new Bench(EVERYTHING);
    Bundle once = written(KEY);
    assertThat(written(KEY).digest()).isEqualTo(once.digest());
    assertThat(LongForm.isShort(once)).isFalse();
    assertThat(LongForm.of(once)).contains(RunbookReader.read(temp).digest());
    Path folder = temp.resolve("written");
    once.files()
        .forEach(
            (path, content) ->
                PreflightSamples.write(folder.resolve(path), new String(content, UTF_8)));
    assertThat(RunbookReader.read(folder).digest()).isEqualTo(once.digest());
  }

  /**
   * Keys that point at a changed one get its type, and so on; the whole family crosses together.
   */
  @Test
  void whatPointsAtAKeyChangesWithIt() {
    bench =
        new Bench(
            """
            CREATE TABLE public.invoice (invoice_id serial PRIMARY KEY, corrects integer REFERENCES public.invoice,
              total numeric(10,2) NOT NULL);
            CREATE TABLE public.line (invoice integer NOT NULL REFERENCES public.invoice ON DELETE CASCADE,
              no integer NOT NULL, text text, PRIMARY KEY (invoice, no));
            CREATE INDEX line_text ON public.line (text);
            CREATE TABLE public.discount (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
              invoice integer NOT NULL, no integer NOT NULL,
              CONSTRAINT of_line FOREIGN KEY (invoice, no) REFERENCES public.line DEFERRABLE);
            CREATE TABLE public.note (id integer PRIMARY KEY, invoice bigint REFERENCES public.invoice);
            """,
            """
            INSERT INTO public.invoice (total, corrects) SELECT g, CASE WHEN g > 1 THEN g - 1 END FROM generate_series(1, 50) g;
            INSERT INTO public.line SELECT g, n, 'x' FROM generate_series(1, 50) g, generate_series(1, 3) n;
            INSERT INTO public.discount (invoice, no) SELECT invoice, no FROM public.line;
            INSERT INTO public.note SELECT g, g FROM generate_series(1, 50) g;
            """);
    String before = dump();
    var context =
        context(
            written(
                "transitions:\n"
                    + "  - {relation: public.invoice, change: {invoice_id: {type: bigint}}}\n"));
    assertThat(context.runbook().transitions())
        .extracting(t -> t.relation())
        .containsExactly("public.invoice", "public.line", "public.discount");
    assertThat(plan(context))
        .containsExactly(
            "changed:column:public.discount.invoice",
            "changed:column:public.invoice.corrects",
            "changed:column:public.invoice.invoice_id",
            "changed:column:public.line.invoice",
            "changed:sequence:public.invoice_invoice_id_seq");
    cross(context);
    bench.run(
        "INSERT INTO public.invoice (total, corrects) VALUES (1, 50);INSERT INTO public.line VALUES"
            + " (51, 1, 'y'); INSERT INTO public.discount (invoice, no) VALUES (51, 1);DELETE FROM"
            + " public.discount WHERE invoice = 50; DELETE FROM public.note WHERE invoice ="
            + " 50;UPDATE public.invoice SET corrects = NULL WHERE corrects = 50; DELETE FROM"
            + " public.invoice WHERE invoice_id = 50");
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(dump())
        .isEqualTo(
            before
                .replace("invoice_id integer", "invoice_id bigint")
                .replace("corrects integer", "corrects bigint")
                .replace("invoice integer", "invoice bigint")
                .replace(
                    "CREATE SEQUENCE public.invoice_invoice_id_seq\n    AS integer\n",
                    "CREATE SEQUENCE public.invoice_invoice_id_seq\n"));
    assertThat(bench.one("SELECT count(*) FROM public.line")).isEqualTo("148");
    bench.run(
        "INSERT INTO public.invoice VALUES (5000000000, NULL, 1); INSERT INTO public.line VALUES"
            + " (5000000000, 1, 'z')");
  }

  /** Other names, of the table and of columns; what uses them follows. */
  @Test
  void otherNames() {
    bench =
        new Bench(
            """
            CREATE TABLE public.org (id integer PRIMARY KEY);
            CREATE TABLE public.users (id bigserial PRIMARY KEY, full_name text CHECK (full_name <> ''),
              note text, boss bigint REFERENCES public.users, org integer REFERENCES public.org);
            CREATE INDEX users_by_name ON public.users (lower(full_name));
            CREATE TABLE public.login (id integer PRIMARY KEY, "user" bigint REFERENCES public.users);
            """,
            """
            INSERT INTO public.org VALUES (1);
            INSERT INTO public.users (full_name, note, boss, org)
              SELECT 'n' || g, CASE WHEN g % 2 = 0 THEN 'x' END, 1, 1 FROM generate_series(1, 20) g;
            INSERT INTO public.login SELECT g, g FROM generate_series(1, 20) g;
            """);
    String before = dump();
    var context =
        context(
            written(
                """
                transitions:
                  - relation: public.users
                    rename: app_users
                    change:
                      full_name: {rename: display_name}
                      boss: {rename: "\\"Boss\\""}
                      note: {nullable: false, default: "'-'", up: "coalesce(note, '')"}
                """));
    plan(context);
    assertThat(LongForm.why(context.bundle()))
        .containsExactly(
            "public.users, built anew as a shadow: it is called public.app_users; full_name is"
                + " called display_name; boss is called Boss; note is NOT NULL and has another"
                + " default");
    cross(context);
    bench.run(
        "INSERT INTO public.users (full_name, boss, org) VALUES ('by the old name', 1, 1);"
            + "INSERT INTO public.app_users (display_name) VALUES ('by the new name')");
    assertThat(
            bench.one(
                "SELECT string_agg(note, '|' ORDER BY id) FROM public.app_users WHERE id > 18"))
        .isEqualTo("|x||-");
    new Contract().run(context.in(Phase.CONTRACT));
    assertThat(sorted(dump()))
        .isEqualTo(
            sorted(
                before
                    .replace("public.users", "public.app_users")
                    .replace("Name: users;", "Name: app_users;")
                    .replace("Name: users ", "Name: app_users ")
                    .replace("full_name", "display_name")
                    .replace("boss bigint", "\"Boss\" bigint")
                    .replace("(boss)", "(\"Boss\")")
                    .replace("note text", "note text DEFAULT '-'::text NOT NULL")
                    .replace("public.app_users_", "public.users_")
                    .replace("display_name_check", "full_name_check")));
  }

  /** Where a table comes in the dump follows its name. */
  private static List<String> sorted(String dump) {
    return dump.lines().filter(line -> !line.isBlank()).sorted().toList();
  }

  /** Where nothing is to be filled the table stays where it is. */
  @Test
  void inPlace() {
    bench =
        new Bench(
            "CREATE TABLE public.t (id integer PRIMARY KEY, note text DEFAULT 'x', n integer)",
            "INSERT INTO public.t SELECT g, 'x', g FROM generate_series(1, 50) g");
    String before = dump();
    var context =
        context(
            written(
                "transitions: [{relation: public.t, change: {note: {nullable: false},"
                    + " n: {default: \"7\"}}}]\n"));
    assertThat(context.runbook().transitions()).isEmpty();
    assertThat(LongForm.why(context.bundle()))
        .containsExactly("public.t, in place: note is NOT NULL; n has another default");
    plan(context);
    new Expand(_ -> Optional.of(evidence.get(EvidenceNames.CANONICAL)))
        .run(context.in(Phase.EXPAND));
    assertThat(dump().replaceAll("(?s)CREATE SCHEMA rubicon.*?(?=CREATE TABLE public.t)", ""))
        .contains("note text DEFAULT 'x'::text NOT NULL", "n integer DEFAULT 7");
    new Abort().run(context.in(Phase.ABORT));
    assertThat(dump()).isEqualTo(before);
    bench.run("INSERT INTO public.t VALUES (51, NULL)");
    assertThatThrownBy(() -> plan(context))
        .isInstanceOf(Throwable.class)
        .hasMessageContaining("not-null");
  }

  /** Which does not know the clause. */
  private static boolean olderThan15() {
    return Integer.parseInt(new Bench().one("SHOW server_version_num")) < 150_000;
  }

  /** Names that are long or odd, keys that are deferrable, types that the runbook itself brings. */
  @Test
  void whatIsOddIsCarriedOverToo() {
    String longest = "a_name_of_sixty_three_characters_which_is_the_most_that_there_can";
    bench =
        new Bench(
            ("""
            CREATE DOMAIN public.money_of AS numeric(12,2) CHECK (VALUE >= 0);
            CREATE TABLE public.other (id integer PRIMARY KEY);
            CREATE TABLE public.LONGEST (
              "a ""b" integer, "select" smallint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 3 MINVALUE 2 CYCLE),
              state text DEFAULT 'new' NOT NULL, price public.money_of DEFAULT 1.5, at date DEFAULT CURRENT_DATE,
              "ref ON public.other " integer CONSTRAINT "its "" key" REFERENCES public.other ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
              CONSTRAINT LONGEST_pk PRIMARY KEY ("select"),
              CONSTRAINT " USING " UNIQUE ("a ""b", price) DEFERRABLE INITIALLY DEFERRED,
              UNIQUE NULLS NOT DISTINCT (at, "a ""b"));
            CREATE INDEX " ON public.x USING " ON public.LONGEST USING hash (state);
            CREATE INDEX ON public.LONGEST (state); CREATE INDEX ON public.LONGEST (state);
            CREATE UNIQUE INDEX ON public.LONGEST ((price + 1) DESC NULLS LAST, state) WHERE at IS NOT NULL;
            COMMENT ON COLUMN public.LONGEST."a ""b" IS $$it's '' "odd"\\ $$;
            """)
                .replace("LONGEST_pk", "\"" + longest.substring(0, 60) + "_pk\"")
                .replace("LONGEST", longest.substring(0, 63))
                .replace("NULLS NOT DISTINCT", olderThan15() ? "" : "NULLS NOT DISTINCT"),
            "INSERT INTO public.other VALUES (1)",
            "INSERT INTO public.%s (\"a \"\"b\", state, price, at) SELECT g, 'new', g, NULL FROM generate_series(1, 20) g"
                .formatted(longest.substring(0, 63)));
    String before = dump();
    PreflightSamples.write(
        temp.resolve("expand/V7__states.sql"),
        "CREATE TYPE public.state_of AS ENUM ('new', 'old');");
    PreflightSamples.write(temp.resolve("expand/U7__states.sql"), "DROP TYPE public.state_of;");
    var context =
        context(
            written(
                """
                expand: {migrations: expand}
                transitions:
                  - relation: public.%s
                    change:
                      '"a ""b"': {type: numeric(20), rename: '"c ""d"'}
                      '"select"': {type: int}
                      state: {type: public.state_of, up: "state::public.state_of", down: "state::text"}
                      price: {type: "numeric(12,2)", up: price, down: price}
                """
                    .formatted(longest.substring(0, 63))));
    assertThat(context.bundle().files()).containsKey("expand/V7__states.sql");
    plan(context);
    cross(context);
    new Contract().run(context.in(Phase.CONTRACT));
    List<String> brought = new ArrayList<>(sorted(dump()));
    List<String> gone = new ArrayList<>();
    for (String line : sorted(before)) {
      if (!brought.remove(line)) {
        gone.add(line.strip());
      }
    }
    assertThat(gone)
        .filteredOn(line -> !line.startsWith("--"))
        .hasSize(7)
        .allMatch(line -> line.matches(".*\"a \"\"b\".*|\"select\" smallint.*|price .*|state .*"));
    assertThat(brought)
        .map(String::strip)
        .contains(
            "\"c \"\"d\" numeric(20,0),",
            "\"select\" integer NOT NULL,",
            "price numeric(12,2) DEFAULT 1.5,",
            "state public.state_of DEFAULT 'new'::public.state_of NOT NULL,",
            "ADD CONSTRAINT \" USING \" UNIQUE (\"c \"\"d\", price) DEFERRABLE INITIALLY DEFERRED;")
        .filteredOn(line -> !line.startsWith("--"))
        .hasSize(7 + 5);
  }

  /** What cannot be carried over is named, with what to do, before anything is touched. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
              CREATE VIEW public.seen AS SELECT id FROM public.t | view public.seen reads it
              ALTER TABLE public.t ADD g integer GENERATED ALWAYS AS (id * 2) STORED | generated column g is computed of id
              ALTER TABLE public.t ADD EXCLUDE USING btree (a WITH =) | exclusion constraint t_a_excl
              CREATE STATISTICS public.st ON id, a FROM public.t | statistics object public.st
              ALTER TABLE public.t ADD CHECK (id > 0) NOT VALID | constraint t_id_check is not validated
              ALTER TABLE public.t ADD n integer GENERATED ALWAYS AS IDENTITY | identity column n is no part of the primary key
              CREATE FUNCTION public.f(public.t) RETURNS integer LANGUAGE sql AS 'SELECT 1' | function public.f(public.t) uses its row type
              CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.t; END | function public.f() is written over it
              CREATE PUBLICATION p FOR TABLE public.t | publication p names it
              CREATE POLICY p ON public.t USING (EXISTS (SELECT FROM public.o WHERE o.x = t.id)) | policy p asks other tables
              CREATE RULE r AS ON DELETE TO public.t DO INSTEAD NOTHING | rule r rewrites
              ALTER TABLE public.t DROP CONSTRAINT t_pkey | public.t has no key
              CREATE TABLE public.child () INHERITS (public.t) | takes part in inheritance
              DROP TABLE public.t; CREATE TABLE public.t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id) | is partitioned
              DROP TABLE public.t | the target has no relation public.t
              ALTER TABLE public.t RENAME id TO key | has no column id
              CREATE FUNCTION public.g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.g() | the function of trigger g names a
          ALTER TABLE public.t ALTER id TYPE numeric(8,2) | not every value of it is one of bigint
              CREATE SCHEMA other; CREATE TABLE other.ref (t integer REFERENCES public.t) | schema other is not the runbook's
          """)
  void whatTheShortFormCannotCarryOver(String also, String why) {
    bench =
        new Bench(
            "CREATE TABLE public.o (x integer); CREATE TABLE public.t (id integer PRIMARY KEY, a"
                + " text)");
    bench.run(also);
    String before = dump();
    assertThatThrownBy(
            () ->
                written(
                    "transitions: [{relation: public.t, change: {id: {type: bigint}, a: {rename:"
                        + " b}}}]\n"))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
              assertThat(e.getMessage()).contains(why);
              assertThat(e.next()).isNotBlank();
            });
    assertThat(dump()).isEqualTo(before);
  }

  /** A runbook whose change is there already has nothing left to do. */
  @Test
  void whatIsThereAlready() {
    bench = new Bench("CREATE TABLE public.t (id bigint PRIMARY KEY)");
    Bundle written = written("transitions: [{relation: public.t, change: {id: {type: int8}}}]\n");
    assertThat(written.runbook().transitions()).isEmpty();
    assertThat(plan(context(written))).isEmpty();
  }
}
