package dev.rubicon.bundle.shape;

import dev.rubicon.statement.Beyond;
import dev.rubicon.statement.WrittenSql;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Scalars;
import java.util.Optional;

/** The one decoder of SQL in a runbook's fields; a semicolon at the end of a query is dropped. */
final class OneSql {
  private OneSql() {}

  static Decoder<String> query() {
    return of(WrittenSql.QUERY).map(WrittenSql::unended);
  }

  static Decoder<String> expression() {
    return of(WrittenSql.EXPRESSION);
  }

  static Decoder<String> type() {
    return of(WrittenSql.TYPE);
  }

  static Decoder<String> foreignKey() {
    return of(WrittenSql.FOREIGN_KEY);
  }

  static Decoder<String> index() {
    return of(WrittenSql.INDEX).map(WrittenSql::unended);
  }

  private static Decoder<String> of(WrittenSql kind) {
    Decoder<String> text = Scalars.text();
    return Decoder.of(
        definitions -> text.schema(definitions).put("contentMediaType", "application/sql"),
        (node, reading) ->
            text.decode(node, reading)
                .filter(
                    sql -> {
                      Optional<String> problem =
                          kind.problem(sql)
                              .map(what -> "must be " + kind.what() + ": it " + what)
                              .or(
                                  () ->
                                      Beyond.in(sql)
                                          .map(
                                              reach ->
                                                  reach.what()
                                                      + " reaches beyond the database that is"
                                                      + " asked"));
                      problem.ifPresent(what -> reading.problem(node, what));
                      return problem.isEmpty();
                    }));
  }
}
