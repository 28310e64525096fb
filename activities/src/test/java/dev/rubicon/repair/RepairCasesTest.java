package dev.rubicon.repair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.CatalogStructure;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.stack.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * One difference of each kind, both ways: found once, repaired by the SQL that we suggest, equal
 * then by our own comparison and by pg_dump; or refused, and why.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepairCasesTest {
  private int major;
  private Target olds;
  private Target news;

  @BeforeAll
  void build() {
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
      for (String role : List.of("repair_app", "repair_other")) {
        session.execute(
            "DO $$ BEGIN CREATE ROLE "
                + role
                + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
      }
    }
    List<RepairCase> cases = RepairCase.read(major, false);
    olds = database("repair_old", cases, false);
    news = database("repair_new", cases, true);
  }

  private static Target database(String name, List<RepairCase> cases, boolean canonical) {
    Target target = CatalogSamples.target(SharedPostgres.freshDatabase(name));
    try (PgSession session = CatalogSamples.open(target)) {
      for (RepairCase one : cases) {
        session.execute("CREATE SCHEMA " + one.schema());
        session.execute("SET search_path = " + one.schema());
        try {
          session.execute(canonical ? one.canonical() : one.target());
        } catch (RubiconException e) {
          throw new AssertionError(one + ": " + e.getMessage(), e);
        }
      }
    }
    return target;
  }

  private static Target copyOf(Target target) {
    String name = SharedPostgres.freshDatabase("repair_copy");
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      session.execute("DROP DATABASE " + name);
      session.execute("CREATE DATABASE " + name + " TEMPLATE " + target.database());
    }
    return CatalogSamples.target(name);
  }

  @Test
  void eachDifferenceIsRepairedOrRefused() throws Exception {
    Target back = copyOf(news);
    var wrong = new ArrayList<String>();
    int fixed = 0;
    int refused = 0;
    for (boolean backwards : List.of(false, true)) {
      Target target = backwards ? back : copyOf(olds);
      Target canonical = backwards ? olds : news;
      List<RepairCase> cases = RepairCase.read(major, backwards);
      Map<String, String> failures = new TreeMap<>();
      Map<String, Repair> repairs = repaired(target, canonical, cases, failures);
      CatalogSnapshot after = snapshot(target, cases);
      CatalogSnapshot wanted = snapshot(canonical, cases);
      Map<String, String> dumped = DumpBySchema.of(target);
      Map<String, String> wantedDump = DumpBySchema.of(canonical);
      for (RepairCase one : cases) {
        Repair repair = repairs.get(one.schema());
        String problem = problem(one, repair, failures.get(one.schema()));
        if (problem.isEmpty() && one.refused().isEmpty()) {
          problem = rest(one, after, wanted, dumped, wantedDump);
        }
        if (!problem.isEmpty()) {
          wrong.add(
              one
                  + "\n    "
                  + problem
                  + "\n    "
                  + String.join(
                      "\n    ",
                      repair.steps().stream().map(s -> s.stage() + " " + s.sql()).toList()));
        } else if (one.refused().isEmpty()) {
          fixed++;
        } else {
          refused++;
        }
      }
    }
    assertThat(wrong)
        .as("%d repaired, %d refused by name, %d wrong", fixed, refused, wrong.size())
        .isEmpty();
    assertThat(fixed).as("repaired").isGreaterThanOrEqualTo((fixed + refused) * 95 / 100);
    assertThat(fixed + refused).isGreaterThan(400);
  }

  /**
   * All of them together: one order for a whole schema, and for what goes while something else
   * comes; as the script that {@code rubicon plan --repair} prints.
   */
  @Test
  void allDifferencesTogether() throws Exception {
    for (boolean backwards : List.of(false, true)) {
      Target target = copyOf(backwards ? news : olds);
      Target canonical = copyOf(backwards ? olds : news);
      List<RepairCase> cases = RepairCase.read(major, backwards);
      Repair repair =
          Repair.between(
              new Side(snapshot(target, cases), structure(target, cases)),
              new Side(snapshot(canonical, cases), structure(canonical, cases)),
              id -> true);
      RepairScript script = RepairScript.of(repair);
      Psql.run(target, script.text());
      List<String> refused = script.refused().stream().map(RepairScript.Refused::finding).toList();
      assertThat(script.refused()).noneMatch(one -> one.reason().isEmpty());
      assertThat(CatalogDiff.between(snapshot(target, cases), snapshot(canonical, cases)))
          .extracting(Finding::id)
          .containsExactlyInAnyOrderElementsOf(refused);
    }
  }

  /**
   * A schema with something of nearly every kind, odd names included, from nothing and away again.
   */
  @Test
  void everythingFromNothingAndBack() {
    Target target = CatalogSamples.database("repair_nothing", "SELECT 1");
    Target full = CatalogSamples.database("repair_everything", CatalogSamples.EVERYTHING);
    CatalogSnapshot nothing = CatalogSamples.snapshot(target);
    for (boolean away : List.of(false, true)) {
      Target canonical = away ? CatalogSamples.database("repair_nothing", "SELECT 1") : full;
      try (PgSession session = CatalogSamples.open(target);
          PgSession other = CatalogSamples.open(canonical)) {
        Repair repair =
            Repair.between(
                Side.read(session, CatalogSamples.SCHEMAS),
                Side.read(other, CatalogSamples.SCHEMAS),
                id -> true);
        assertThat(repair.findings())
            .filteredOn(finding -> finding.kind() != Finding.Kind.NOTE)
            .allMatch(finding -> finding.suggestedSql().isPresent());
        repair.steps().forEach(step -> session.execute(step.sql()));
      }
      assertThat(
              CatalogDiff.between(
                  CatalogSamples.snapshot(target), CatalogSamples.snapshot(canonical)))
          .isEmpty();
    }
    assertThat(CatalogSamples.snapshot(target).fingerprint()).isEqualTo(nothing.fingerprint());
  }

  private static String problem(RepairCase one, Repair repair, String failure) {
    List<String> ids = repair.findings().stream().map(Finding::id).toList();
    if (ids.size() != one.differences()) {
      return "differences: " + ids;
    }
    if (failure != null) {
      return failure;
    }
    String reasons =
        String.join("; ", repair.findings().stream().map(Finding::reason).distinct().toList());
    boolean silent =
        repair.findings().stream()
            .anyMatch(finding -> finding.suggestedSql().isEmpty() && finding.reason().isEmpty());
    return !reasons.equals(one.refused())
        ? "refused: " + reasons
        : silent ? "neither SQL nor reason" : "";
  }

  private static String rest(
      RepairCase one,
      CatalogSnapshot after,
      CatalogSnapshot wanted,
      Map<String, String> dumped,
      Map<String, String> wantedDump) {
    List<String> left =
        CatalogDiff.between(only(one, after), only(one, wanted)).stream()
            .map(f -> f.id() + " " + f.target() + " instead of " + f.canonical())
            .toList();
    if (!left.isEmpty()) {
      return "left: " + left;
    }
    String is = dumped.getOrDefault(one.schema(), "");
    String was = wantedDump.getOrDefault(one.schema(), "");
    return is.equals(was) ? "" : "pg_dump:\n" + is + "\n    instead of\n" + was;
  }

  private static Map<String, Repair> repaired(
      Target target, Target canonical, List<RepairCase> cases, Map<String, String> failures) {
    var repairs = new TreeMap<String, Repair>();
    CatalogSnapshot was = snapshot(target, cases);
    CatalogSnapshot wanted = snapshot(canonical, cases);
    CatalogStructure from = structure(target, cases);
    CatalogStructure to = structure(canonical, cases);
    try (PgSession session = CatalogSamples.open(target)) {
      for (RepairCase one : cases) {
        Repair repair =
            Repair.between(
                new Side(only(one, was), from), new Side(only(one, wanted), to), id -> true);
        repairs.put(one.schema(), repair);
        for (Repair.Step step : repair.steps()) {
          try {
            session.execute(step.sql());
          } catch (RubiconException e) {
            failures.putIfAbsent(one.schema(), step.sql() + ": " + e.getMessage());
          }
        }
      }
    }
    return repairs;
  }

  private static CatalogSnapshot snapshot(Target target, List<RepairCase> cases) {
    try (PgSession session = CatalogSamples.open(target)) {
      return dev.rubicon.catalog.CatalogReader.read(session, schemas(cases));
    }
  }

  private static CatalogStructure structure(Target target, List<RepairCase> cases) {
    try (PgSession session = CatalogSamples.open(target)) {
      return CatalogStructure.read(session, schemas(cases));
    }
  }

  private static List<String> schemas(List<RepairCase> cases) {
    return cases.stream().map(RepairCase::schema).toList();
  }

  private static CatalogSnapshot only(RepairCase one, CatalogSnapshot all) {
    return all.without(entry -> !entry.schema().equals(one.schema()));
  }
}
