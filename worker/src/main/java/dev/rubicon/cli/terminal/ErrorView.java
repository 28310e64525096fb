package dev.rubicon.cli.terminal;

import dev.rubicon.client.Json;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every error, in the one shape: code, cause, next command. */
public final class ErrorView {
  private ErrorView() {}

  /** An error without a code is a defect; its message may hold row values and stays out. */
  public static RubiconException coded(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof RubiconException coded) {
        return coded;
      }
    }
    return new RubiconException(
        ErrorCode.INTERNAL,
        "unexpected " + thrown.getClass().getSimpleName(),
        "run it again with RUBICON_DEBUG=1 and report the stack trace",
        thrown);
  }

  public static void print(Console console, boolean json, RubiconException e) {
    if (json) {
      console.err().println(Json.line(fields(e)));
      return;
    }
    console.err().println(e.code() + ": " + e.getMessage());
    console.err().println("next: " + e.next());
  }

  static Map<String, String> fields(RubiconException e) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("code", e.code().name());
    fields.put("cause", e.getMessage());
    fields.put("next", e.next());
    return fields;
  }
}
