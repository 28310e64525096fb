package dev.rubicon.repair;

import java.util.List;

/** One statement, and how it must be sent so that nothing strong is held while rows are read. */
record Statement(String sql, Mode mode) {

  /** In which company a statement may run. */
  enum Mode {
    /** With others in one short transaction. */
    TRANSACTION,
    /** In a transaction of its own: it reads rows, or others need it committed. */
    ALONE,
    /** Outside of any transaction. */
    CONCURRENTLY
  }

  static List<Statement> of(String... sql) {
    return List.of(sql).stream().map(one -> new Statement(one, Mode.TRANSACTION)).toList();
  }

  static Statement ddl(String sql) {
    return new Statement(sql, Mode.TRANSACTION);
  }

  static Statement alone(String sql) {
    return new Statement(sql, Mode.ALONE);
  }

  static Statement concurrently(String sql) {
    return new Statement(sql, Mode.CONCURRENTLY);
  }
}
