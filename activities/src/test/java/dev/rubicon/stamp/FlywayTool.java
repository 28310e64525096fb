package dev.rubicon.stamp;

import org.flywaydb.core.Flyway;

/**
 * Flyway's own commands: {@code migrate}, or the scripts that {@code pending} has left to do, once
 * what is applied is validated.
 */
final class FlywayTool {
  private FlywayTool() {}

  public static void main(String[] arguments) {
    Flyway flyway =
        Flyway.configure()
            .dataSource(
                "jdbc:" + System.getenv("URL").replaceFirst("//.*@", "//"),
                System.getenv("PGUSER"),
                System.getenv("PGPASSWORD"))
            .locations("filesystem:sql")
            .ignoreMigrationPatterns("*:pending")
            .load();
    if (arguments[0].equals("migrate")) {
      flyway.migrate();
    } else {
      flyway.validate();
      for (var migration : flyway.info().pending()) {
        System.out.println("pending: " + migration.getScript());
      }
    }
  }
}
