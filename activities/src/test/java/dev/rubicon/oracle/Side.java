package dev.rubicon.oracle;

/** Whose names and columns a client knows. */
enum Side {
  LEGACY,
  CANONICAL;

  Side other() {
    return this == LEGACY ? CANONICAL : LEGACY;
  }

  /** Where the reference keeps its relations. */
  String schema() {
    return this == LEGACY ? "l" : "c";
  }
}
