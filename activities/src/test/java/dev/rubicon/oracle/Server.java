package dev.rubicon.oracle;

import dev.rubicon.transition.Bench;

/** What the server under test has. */
record Server(int version, boolean citext) {
  static Server of(Bench bench) {
    return new Server(
        Integer.parseInt(bench.one("SHOW server_version_num")) / 10_000,
        bench
            .one("SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'")
            .equals("1"));
  }
}
