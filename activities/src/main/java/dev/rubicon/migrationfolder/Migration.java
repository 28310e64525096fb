package dev.rubicon.migrationfolder;

import java.util.Optional;

/**
 * One migration of a folder.
 *
 * @param version what its tool orders it by
 * @param up its SQL
 * @param down what takes it back, where there is something
 * @param repeatable whether its tool runs it again whenever its text changes
 * @param inTransaction false where the file says that it must run outside of one
 */
record Migration(
    String version, Sql up, Optional<Sql> down, boolean repeatable, boolean inTransaction) {

  /**
   * @param path relative to the folder
   */
  record Sql(String path, String text) {}

  /** What findings and the report call it. */
  String name() {
    return up.path();
  }
}
