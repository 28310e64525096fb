package dev.rubicon.workflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Workflow code must give the same answer on every replay, so it may ask nothing of the machine.
 */
@AnalyzeClasses(packages = "dev.rubicon", importOptions = ImportOption.DoNotIncludeTests.class)
final class DeterminismTest {

  /** The machine is pure: what Temporal is, only its interpreter knows. */
  @ArchTest
  static void theMachineKnowsNothingOfTemporal(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("dev.rubicon.machine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.temporal..", "dev.rubicon.activity..");
    rule.check(classes);
  }

  @ArchTest
  static void asksNoClock(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.LocalDate.class, "now")
            .orShould()
            .callMethod(java.time.LocalDateTime.class, "now")
            .orShould()
            .callMethod(java.time.ZonedDateTime.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class);
    rule.check(classes);
  }

  @ArchTest
  static void rollsNoDice(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .should()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.random.RandomGenerator.class);
    rule.check(classes);
  }

  @ArchTest
  static void startsNoThread(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.concurrent.Executor.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent.locks..");
    rule.check(classes);
  }

  @ArchTest
  static void readsNoFileNetworkOrDatabase(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.io..",
                "java.nio.file..",
                "java.nio.channels..",
                "java.net..",
                "java.sql..",
                "javax.sql..",
                "org.jooq..",
                "software.amazon..",
                "org.postgresql..")
            // Serializable is a marker, not I/O; records and enums drag it in.
            .because("whatever is read from outside differs between replays");
    rule.check(classes);
  }

  @ArchTest
  static void dependsOnTemporalAndTheJdkOnly(JavaClasses classes) {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.rubicon..", "java..", "io.temporal..");
    rule.check(classes);
  }
}
