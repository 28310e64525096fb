package dev.rubicon.demo.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The fixture measures the engine from outside, so it must not share code with it. */
class FixtureArchitectureTest {
  private final JavaClasses fixture =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rubicon.demo.checks");

  @Test
  void theFixtureKnowsTheJdkTheDriverAndItself() {
    classes()
        .that()
        .resideInAPackage("dev.rubicon.demo.checks..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "com.sun.net.httpserver..", "org.postgresql..", "dev.rubicon.demo.checks..")
        .check(fixture);
  }

  @Test
  void theServiceDoesNotKnowItsClients() {
    noClasses()
        .that()
        .resideInAPackage("dev.rubicon.demo.checks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rubicon.demo.checks.client..")
        .check(fixture);
  }
}
