package dev.rubicon;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.origin;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import dev.rubicon.engine.EvidenceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A dependency points one way: demo to worker to activities to workflows; the stack knows nobody.
 * It stands in the last module, which sees the classes of all.
 */
@AnalyzeClasses(packages = "dev.rubicon", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] WORKFLOWS = {
    "dev.rubicon.error..",
    "dev.rubicon.runbook..",
    "dev.rubicon.rollout..",
    "dev.rubicon.finding..",
    "dev.rubicon.grade..",
    "dev.rubicon.message..",
    "dev.rubicon.machine..",
    "dev.rubicon.workflow..",
    "dev.rubicon.activity.."
  };
  private static final String DEMO = "dev.rubicon.demo..";
  private static final String[] WORKER = {
    "dev.rubicon.cli..",
    "dev.rubicon.client..",
    "dev.rubicon.http..",
    "dev.rubicon.temporal..",
    "dev.rubicon.up..",
    "dev.rubicon.worker.."
  };

  @ArchTest
  static void workflowsDependOnNothingElseOfOurs(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAnyPackage(WORKFLOWS)
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("dev.rubicon..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                            WORKFLOWS))))
        .check(classes);
  }

  @ArchTest
  static void nobodyDependsOnTheWorker(JavaClasses classes) {
    noClasses()
        .that()
        .resideOutsideOfPackages(WORKER)
        .and()
        .resideOutsideOfPackage(DEMO)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(WORKER)
        .check(classes);
  }

  @ArchTest
  static void theProductKnowsNothingOfTheDemo(JavaClasses classes) {
    noClasses()
        .that()
        .resideOutsideOfPackage(DEMO)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(DEMO)
        .check(classes);
  }

  @ArchTest
  static void theStackKnowsNothingOfTheProduct(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAPackage("dev.rubicon.stack..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("dev.rubicon..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                            "dev.rubicon.stack.."))))
        .check(classes);
  }

  /**
   * Virtual threads share a carrier per core. One that reads a file or a child's pipe keeps its
   * carrier, and then a rollout's threads wait for another rollout's child. We need a few dozen
   * threads at most: platform threads wait for nobody.
   */
  @ArchTest
  static void noThreadWaitsForAnothersCarrier(JavaClasses classes) {
    noClasses()
        .should()
        // Thread's, Executors' and Temporal's own ways to them.
        .callMethodWhere(target(nameMatching("(of|start|new|setUsing)Virtual.*")))
        .check(classes);
  }

  /** A name that somebody makes up while writing is one that no reader knows. */
  @ArchTest
  static void namesOfEvidenceAreConstants(JavaClasses classes) {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rubicon.engine..")
        .should()
        .callMethodWhere(
            target(nameMatching("of|ofList|ofMap|named"))
                .and(target(owner(equivalentTo(EvidenceName.class))))
                .and(not(origin(nameMatching("<clinit>")))))
        .check(classes);
  }

  @ArchTest
  static void statementsToTargetsGoThroughPgSession(JavaClasses classes) {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.rubicon.postgres..",
            // The ledger is ours and speaks through jOOQ; the fixture and its clients are
            // outsiders.
            "dev.rubicon.ledger..",
            DEMO,
            "dev.rubicon.stack..",
            "dev.rubicon.up..",
            "dev.rubicon.expand..",
            "dev.rubicon.check..",
            "dev.rubicon.doctor..")
        .should()
        .callMethod(
            java.sql.DriverManager.class, "getConnection", String.class, java.util.Properties.class)
        .orShould()
        .callMethod(
            java.sql.DriverManager.class, "getConnection", String.class, String.class, String.class)
        .check(classes);
  }

  /**
   * What a transition is made of knows nothing of what is made of it: a class can be read with
   * those below it alone.
   */
  @ArchTest
  static void theRoomsOfATransitionHaveNoCycle(JavaClasses classes) {
    slices().matching("dev.rubicon.(transition..)").should().beFreeOfCycles().check(classes);
  }

  /** A package can be read with those below it alone. */
  @ArchTest
  static void noPackagesAreInACycle(JavaClasses classes) {
    slices().matching("dev.rubicon.(*)..").should().beFreeOfCycles().check(classes);
  }

  /** Neither are rooms of one package in a cycle with each other, or with what opens on them. */
  @ArchTest
  static void noRoomsAreInACycle(JavaClasses classes) {
    for (String rooms :
        List.of(
            "bundle",
            "catalog",
            "cli",
            "client",
            "installed",
            "ledger",
            "machine",
            "preflight",
            "repair")) {
      slices()
          .matching("dev.rubicon.(" + rooms + "..)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(generated(), alwaysTrue())
          .check(classes);
    }
  }

  /** More than these no newcomer reads: a package is a room that somebody can name. */
  private static final int MOST_CLASSES = 16;

  /** Larger ones, with how many classes each may have, and why. */
  private static final Map<String, Integer> LARGER_PACKAGES =
      Map.of(
          // The definitions and what they call, which nobody else may: package-private.
          "dev.rubicon.workflow", 19,
          // Every section of one page.
          "dev.rubicon.report", 18,
          // The kinds of check, which share how rows, variables and outcomes are written.
          "dev.rubicon.check", 17,
          // What a shadow's triggers are made of, a class for each part of their text.
          "dev.rubicon.transition.shadow.triggers", 17,
          // The demo's own command, site and fixtures; no product code stands on it.
          "dev.rubicon.demo", 21,
          // Servers for demo and tests, each one class; no product code but up stands on it.
          "dev.rubicon.stack", 20);

  @ArchTest
  static void noPackageHasMoreClassesThanANewcomerReads(JavaClasses classes) {
    Map<String, Long> sizes =
        classes.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            // What Micronaut's processor writes.
            .filter(type -> !type.getName().contains("$"))
            .filter(not(generated()))
            .collect(groupingBy(JavaClass::getPackageName, TreeMap::new, counting()));
    assertThat(sizes).containsKeys("dev.rubicon.cli", "dev.rubicon.stack");
    assertThat(sizes)
        .allSatisfy(
            (room, size) ->
                assertThat(size)
                    .as(room)
                    .isLessThanOrEqualTo(LARGER_PACKAGES.getOrDefault(room, MOST_CLASSES)));
  }

  private static final int MOST_LINES = 300;

  /** Longer ones, with how many lines each may have, and why. */
  private static final Map<String, Integer> LONGER_FILES =
      Map.of(
          // One record for each section of runbook.yaml: its JSON stands in histories.
          "Runbook.java", 410,
          // All that may be sent to a target goes through it.
          "PgSession.java", 365,
          // The demo's story, told in order.
          "Demo.java", 310);

  @ArchTest
  static void noFileIsLongerThanOneRoleNeeds(JavaClasses classes) throws IOException {
    try (var files = Files.walk(Path.of(".."))) {
      var sources =
          files
              .filter(file -> file.toString().contains("src/main/java"))
              .filter(file -> file.toString().endsWith(".java"))
              .toList();
      assertThat(sources).hasSizeGreaterThan(500);
      for (Path source : sources) {
        String name = source.getFileName().toString();
        assertThat(Files.readAllLines(source))
            .as(source.toString())
            .hasSizeLessThanOrEqualTo(LONGER_FILES.getOrDefault(name, MOST_LINES));
      }
    }
  }

  /** What jOOQ generates is not ours to arrange. */
  private static DescribedPredicate<JavaClass> generated() {
    return resideInAPackage("dev.rubicon.ledger.jooq..");
  }

  @ArchTest
  static void whatATransitionStandsOnKnowsNoTransition(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.rubicon.locks..",
            "dev.rubicon.table..",
            "dev.rubicon.expression..",
            "dev.rubicon.installed..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rubicon.transition..")
        .check(classes);
  }

  /** A third kind must be possible without touching a phase. */
  @ArchTest
  static void noPhaseKnowsWhichKindATransitionIs(JavaClasses classes) {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.rubicon.expand..",
            "dev.rubicon.dualwrite..",
            "dev.rubicon.backfill..",
            "dev.rubicon.verify..",
            "dev.rubicon.cutover..",
            "dev.rubicon.rollback..",
            "dev.rubicon.watch..",
            "dev.rubicon.abort..",
            "dev.rubicon.contract..",
            "dev.rubicon.preflight..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.rubicon.transition.inplace..", "dev.rubicon.transition.shadow..")
        .check(classes);
  }
}
