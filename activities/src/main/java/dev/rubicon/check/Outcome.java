package dev.rubicon.check;

import java.util.Map;

/** What one kind of check says, before it is timed and named. */
record Outcome(boolean passed, String detail, Map<String, String> captured) {

  static Outcome ok() {
    return new Outcome(true, "", Map.of());
  }

  static Outcome ok(Map<String, String> captured) {
    return new Outcome(true, "", captured);
  }

  static Outcome failed(String detail) {
    return new Outcome(false, detail, Map.of());
  }
}
