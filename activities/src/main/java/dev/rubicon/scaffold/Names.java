package dev.rubicon.scaffold;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.postgres.RelationName;

/** Names as one would write them. */
final class Names {
  private Names() {}

  static String plain(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : quote(name);
  }

  static String plain(RelationName name) {
    return plain(name.schema()) + "." + plain(name.name());
  }
}
