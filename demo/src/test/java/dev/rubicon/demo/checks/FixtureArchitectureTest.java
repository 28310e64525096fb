package dev.rubicon.demo.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The fixture measures the engine from outside, so it must not share code with it. */
class FixtureArchitectureTest {
  private static final String[] FIXTURES = {
    "dev.rubicon.demo.app..",
    "dev.rubicon.demo.checks..",
    "dev.rubicon.demo.owner..",
    "dev.rubicon.demo.plant..",
    "dev.rubicon.demo.chat.."
  };

  private final JavaClasses fixture =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "dev.rubicon.demo.app",
              "dev.rubicon.demo.checks",
              "dev.rubicon.demo.owner",
              "dev.rubicon.demo.plant",
              "dev.rubicon.demo.chat");

  @Test
  void theFixtureKnowsTheJdkTheDriverAndItself() {
    classes()
        .that()
        .resideInAnyPackage(FIXTURES)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "com.sun.net.httpserver..",
            "org.postgresql..",
            "dev.rubicon.demo.app..",
            "dev.rubicon.demo.checks..",
            "dev.rubicon.demo.owner..",
            "dev.rubicon.demo.plant..",
            "dev.rubicon.demo.chat..")
        .check(fixture);
  }

  @Test
  void theServiceDoesNotKnowItsClients() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.rubicon.demo.app", "dev.rubicon.demo.checks", "dev.rubicon.demo.owner")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rubicon.demo..client..")
        .check(fixture);
  }
}
