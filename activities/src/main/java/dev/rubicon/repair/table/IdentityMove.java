package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.literal;
import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A column that comes to be an identity, or is none any more, goes on counting where it was: a
 * serial's sequence hands its value to the identity's, and the other way round.
 */
record IdentityMove(CatalogEntry from, CatalogEntry to, Sides sides) {

  private Optional<CatalogEntry> ours() {
    return sides.from().parts(from.name(), ObjectKind.SEQUENCE).stream().findFirst();
  }

  private Optional<CatalogEntry> theirs() {
    return sides.to().parts(to.name(), ObjectKind.SEQUENCE).stream().findFirst();
  }

  /** Whether an identity becomes a serial. */
  boolean keepsSequence() {
    return ours().filter(sequence -> SequenceDefinition.of(sequence).identity()).isPresent()
        && theirs().filter(sequence -> !SequenceDefinition.of(sequence).identity()).isPresent();
  }

  List<Statement> dropIdentity(String alter) {
    if (!keepsSequence()) {
      return Statement.of(alter + "DROP IDENTITY");
    }
    CatalogEntry identity = ours().orElseThrow();
    CatalogEntry serial = theirs().orElseThrow();
    SequenceDefinition definition = SequenceDefinition.of(serial);
    String kept = quote(serial.schema()) + "." + quote(temporary(serial));
    return Statement.of(
        "CREATE SEQUENCE " + kept + " " + definition.parameters(),
        handOver(Sql.object(identity), kept),
        alter + "DROP IDENTITY",
        "ALTER SEQUENCE " + kept + " RENAME TO " + quote(serial.object()),
        alter + "SET " + ColumnDefinition.of(to).value(),
        "ALTER SEQUENCE " + Sql.object(serial) + " OWNED BY " + definition.owner().orElseThrow());
  }

  List<Statement> addIdentity(String alter, ColumnDefinition.Value identity) {
    Optional<CatalogEntry> serial =
        ours().filter(sequence -> !SequenceDefinition.of(sequence).identity());
    CatalogEntry theirs = theirs().orElseThrow();
    String add =
        alter
            + "ADD "
            + identity
            + " (SEQUENCE NAME "
            + Sql.object(theirs)
            + " "
            + SequenceDefinition.of(theirs).parameters().replaceFirst("^AS \\w+ ", "")
            + ")";
    var statements = new ArrayList<Statement>();
    if (serial.isPresent()) {
      String old = quote(serial.get().schema()) + "." + quote(temporary(serial.get()));
      statements.addAll(
          Statement.of(
              "ALTER SEQUENCE " + Sql.object(serial.get()) + " OWNED BY NONE",
              "ALTER SEQUENCE "
                  + Sql.object(serial.get())
                  + " RENAME TO "
                  + quote(temporary(serial.get())),
              add,
              handOver(old, Sql.object(theirs)),
              "DROP SEQUENCE " + old));
      return statements;
    }
    boolean descending = SequenceDefinition.of(theirs).parameters().contains("INCREMENT BY -");
    String column = quote(to.part());
    statements.addAll(
        Statement.of(
            add,
            "SELECT setval("
                + literal(Sql.object(theirs))
                + ", "
                + (descending ? "min(" : "max(")
                + column
                + ")) FROM "
                + Sql.object(to)
                + " HAVING count("
                + column
                + ") > 0"));
    return statements;
  }

  private static String handOver(String from, String to) {
    return "SELECT setval(" + literal(to) + ", last_value, is_called) FROM " + from;
  }

  private static String temporary(CatalogEntry sequence) {
    return Identifiers.fitting(sequence.object() + "_before");
  }
}
