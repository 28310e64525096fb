package dev.rubicon.catalog.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Definitions of a database whose names hold the words that are looked for. */
final class DefinitionsTest {
  private static CatalogSnapshot snapshot;

  @BeforeAll
  static void make() {
    snapshot =
        CatalogSamples.snapshot(
            CatalogSamples.database(
                "definitions",
                """
                CREATE TABLE public.plain (id bigint PRIMARY KEY, "a REFERENCES b(" text UNIQUE);
                CREATE UNLOGGED TABLE public.quick (n int) WITH (fillfactor = 70);
                CREATE TABLE public."INHERITS x" (n int);
                CREATE TABLE public."child, too" () INHERITS (public."INHERITS x", public.quick);
                CREATE TABLE public.parted (n int) PARTITION BY RANGE (n);
                CREATE TABLE public.part PARTITION OF public.parted FOR VALUES FROM (1) TO (2);
                ALTER TABLE public.part ENABLE ROW LEVEL SECURITY;
                CREATE TABLE public.guarded (
                  id bigint GENERATED ALWAYS AS IDENTITY,
                  n serial,
                  "FEEDS y" bigint,
                  at daterange,
                  of text REFERENCES public.plain ("a REFERENCES b("),
                  CONSTRAINT said CHECK (of <> ' REFERENCES public.quick(n)'),
                  EXCLUDE USING gist (at WITH &&));
                ALTER TABLE public.guarded FORCE ROW LEVEL SECURITY;
                CREATE SEQUENCE public.fed OWNED BY public.guarded."FEEDS y";
                ALTER TABLE public.plain ALTER id SET DEFAULT nextval('public.fed');
                CREATE SEQUENCE public.alone AS integer INCREMENT BY 5 CYCLE;
                CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                CREATE TRIGGER "AFTER x" BEFORE INSERT OR UPDATE ON public.guarded
                  FOR EACH ROW WHEN (new.of <> ' AFTER UPDATE OF of ON ') EXECUTE FUNCTION public.f();
                CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE OF of, "FEEDS y" ON public.guarded
                  FOR EACH ROW EXECUTE FUNCTION public.f();
                ALTER TABLE public.guarded DISABLE TRIGGER told;
                """));
  }

  private static CatalogEntry entry(ObjectKind kind, String object, String part) {
    return snapshot.find(kind, "public", object, part).orElseThrow();
  }

  private static TableDefinition table(String name) {
    return TableDefinition.of(entry(ObjectKind.TABLE, name, ""));
  }

  @Test
  void aTableSaysHowItIsKeptWhereItHangsAndWhoSeesItsRows() {
    assertThat(table("plain"))
        .isEqualTo(new TableDefinition(Optional.empty(), Optional.empty(), false, "TABLE"));
    assertThat(table("quick"))
        .isEqualTo(
            new TableDefinition(
                Optional.of("UNLOGGED"),
                Optional.empty(),
                false,
                "UNLOGGED TABLE WITH (fillfactor=70)"));
    assertThat(table("child, too").parents()).hasValue("public.\"INHERITS x\", public.quick");
    assertThat(table("INHERITS x").parents()).isEmpty();
    assertThat(table("parted").parents()).isEmpty();
    assertThat(table("part").parents()).hasValue("public.parted");
    assertThat(table("part").rowSecurity()).isTrue();
    assertThat(table("guarded").rowSecurity()).isTrue();
    assertThat(table("parted").rowSecurity()).isFalse();
  }

  @Test
  void aConstraintSaysItsKindAndWhatItRefersTo() {
    var kinds =
        snapshot.of(ObjectKind.CONSTRAINT).stream()
            .map(c -> c.part() + " " + ConstraintDefinition.of(c).kind())
            .toList();
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "guarded_at_excl EXCLUDE",
            "guarded_of_fkey FOREIGN_KEY",
            "said CHECK",
            "plain_a REFERENCES b(_key UNIQUE",
            "plain_pkey PRIMARY_KEY");
    assertThat(snapshot.of(ObjectKind.CONSTRAINT))
        .filteredOn(c -> ConstraintDefinition.of(c).references().isPresent())
        .singleElement()
        .extracting(c -> ConstraintDefinition.of(c).references().get())
        .isEqualTo(new RelationName("public", "plain"));
  }

  @Test
  void aSequenceIsPrintedAsItWas() {
    assertThat(snapshot.of(ObjectKind.SEQUENCE))
        .hasSize(4)
        .allSatisfy(s -> assertThat(SequenceDefinition.of(s)).hasToString(s.definition()));
    assertThat(SequenceDefinition.of(entry(ObjectKind.SEQUENCE, "fed", "")))
        .returns(Optional.of("public.guarded.\"FEEDS y\""), SequenceDefinition::owner)
        .returns(Optional.of("public.plain.id"), SequenceDefinition::feeds)
        .returns(false, SequenceDefinition::identity);
    assertThat(SequenceDefinition.of(entry(ObjectKind.SEQUENCE, "guarded_id_seq", "")).identity())
        .isTrue();
    assertThat(SequenceDefinition.of(entry(ObjectKind.SEQUENCE, "alone", "")))
        .returns(Optional.empty(), SequenceDefinition::owner)
        .returns(
            "AS integer INCREMENT BY 5 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1 CYCLE",
            SequenceDefinition::parameters);
  }

  @Test
  void aTriggerSaysWhenItFiresAndOfWhichColumns() {
    assertThat(TriggerDefinition.of(entry(ObjectKind.TRIGGER, "guarded", "told")))
        .returns("AFTER", TriggerDefinition::timing)
        .returns(List.of("of", "FEEDS y"), TriggerDefinition::updateOf)
        .returns(Optional.of("DISABLED"), TriggerDefinition::firing);
    assertThat(TriggerDefinition.of(entry(ObjectKind.TRIGGER, "guarded", "AFTER x")))
        .returns("BEFORE", TriggerDefinition::timing)
        .returns(List.of(), TriggerDefinition::updateOf)
        .returns(Optional.empty(), TriggerDefinition::firing);
  }
}
