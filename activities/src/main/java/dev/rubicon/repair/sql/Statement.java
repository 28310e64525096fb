package dev.rubicon.repair.sql;

import java.util.List;

/** One statement, and how it must be sent so that nothing strong is held while rows are read. */
public record Statement(String sql, Mode mode) {

  /** In which company a statement may run. */
  public enum Mode {
    /** With others in one short transaction. */
    TRANSACTION,
    /** In a transaction of its own: it reads rows, or others need it committed. */
    ALONE,
    /** Outside of any transaction. */
    CONCURRENTLY
  }

  public static List<Statement> of(String... sql) {
    return List.of(sql).stream().map(one -> new Statement(one, Mode.TRANSACTION)).toList();
  }

  public static Statement ddl(String sql) {
    return new Statement(sql, Mode.TRANSACTION);
  }

  public static Statement alone(String sql) {
    return new Statement(sql, Mode.ALONE);
  }

  public static Statement concurrently(String sql) {
    return new Statement(sql, Mode.CONCURRENTLY);
  }
}
