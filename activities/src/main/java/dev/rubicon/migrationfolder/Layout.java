package dev.rubicon.migrationfolder;

import com.fasterxml.jackson.annotation.JsonValue;

/** How a folder of migrations is laid out, told by its files' names and marks. */
public enum Layout {
  /** {@code V1__x.sql}, {@code U1__x.sql}, {@code R__x.sql}. */
  FLYWAY("flyway", true),
  /** {@code sqitch.plan}, {@code deploy/x.sql}, {@code revert/x.sql}. */
  SQITCH("sqitch", true),
  /** {@code 20240101_x.sql} with {@code -- migrate:up} and {@code -- migrate:down} in it. */
  DBMATE("dbmate", true),
  /** The same with {@code -- +goose Up} and {@code -- +goose Down}. */
  GOOSE("goose", true),
  /** {@code 1_x.up.sql} and {@code 1_x.down.sql}. */
  GOLANG_MIGRATE("golang-migrate", true),
  /** A folder for each migration, with {@code migration.sql} in it; Prisma has no way back. */
  PRISMA("prisma", false),
  /** {@code 001_x.sql}: SQL in the order of its numbers, with no way back. */
  PLAIN("plain", false),
  /** No files are read: a program applies one migration each time that it is run. */
  COMMAND("command", true);

  private final String word;
  private final boolean undoes;

  Layout(String word, boolean undoes) {
    this.word = word;
    this.undoes = undoes;
  }

  @JsonValue
  public String word() {
    return word;
  }

  /** Whether a migration has a place for its way back. */
  boolean undoes() {
    return undoes;
  }
}
