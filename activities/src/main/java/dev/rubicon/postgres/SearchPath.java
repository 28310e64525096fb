package dev.rubicon.postgres;

import dev.rubicon.error.RubiconException;
import java.util.function.Supplier;

/**
 * For questions whose answers PostgreSQL prints: types, defaults and objects come with their
 * schemas only where the search path does not lead to these. The kinds differ in what a path that
 * is set here holds for, as that of {@code SET}.
 */
public enum SearchPath {
  SESSION("SET", false),
  TRANSACTION("SET LOCAL", true);

  private final String set;
  private final boolean local;

  SearchPath(String set, boolean local) {
    this.set = set;
    this.local = local;
  }

  /**
   * Asks with {@code pg_catalog} alone, so that no operator of a client's schema is met either;
   * then the path is what it was.
   */
  public <T> T catalogOnly(PgSession session, Supplier<T> question) {
    String path = session.value("SHOW search_path");
    session.execute(set + " search_path = pg_catalog");
    T answer;
    try {
      answer = question.get();
    } catch (RubiconException failure) {
      try {
        restore(session, path);
      } catch (RubiconException e) {
        // A transaction that has failed takes no statement; its rollback restores the path.
        failure.addSuppressed(e);
      }
      throw failure;
    }
    restore(session, path);
    return answer;
  }

  private void restore(PgSession session, String path) {
    session.value("SELECT pg_catalog.set_config('search_path', ?, ?)", path, local);
  }
}
