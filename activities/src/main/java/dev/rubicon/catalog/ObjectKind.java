package dev.rubicon.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What an entry of a snapshot describes. The word stands in finding ids and in JSON. */
public enum ObjectKind {
  SCHEMA("schema"),
  EXTENSION("extension"),
  TABLE("table"),
  VIEW("view"),
  MATERIALIZED_VIEW("materialized-view"),
  COLUMN("column"),
  /** Storage, statistics target and options of a column, where they are not the default. */
  COLUMN_SETTING("column-setting"),
  CONSTRAINT("constraint"),
  INDEX("index"),
  SEQUENCE("sequence"),
  TRIGGER("trigger"),
  POLICY("policy"),
  RULE("rule"),
  STATISTICS("statistics"),
  FUNCTION("function"),
  ENUM("enum"),
  DOMAIN("domain"),
  COMPOSITE_TYPE("composite-type"),
  RANGE_TYPE("range-type"),
  GRANT("grant"),
  DEFAULT_PRIVILEGES("default-privileges"),
  COMMENT("comment"),
  PUBLICATION("publication"),
  /** Lies in the schema, and Rubicon does not know how to compare or carry it. */
  UNSUPPORTED("unsupported"),
  /** Concerns the whole database; listed, but no part of the fingerprint. */
  NOTE("note");

  private final String word;

  ObjectKind(String word) {
    this.word = word;
  }

  @JsonValue
  public String word() {
    return word;
  }

  @JsonCreator
  public static ObjectKind of(String word) {
    for (ObjectKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of object is called '" + word + "'");
  }
}
