package dev.rubicon.phase;

import dev.rubicon.message.RolloutStatus;
import java.util.ArrayList;
import java.util.Locale;

/** A status in one line: what it waits for, or code and cause of what holds it. */
public final class Notes {
  private Notes() {}

  public static String of(RolloutStatus status) {
    if (status.held().isPresent()) {
      return status.held().get().code() + ": " + status.held().get().cause();
    }
    var parts = new ArrayList<String>();
    status
        .waitingFor()
        .ifPresent(gate -> parts.add("approval of " + gate.name().toLowerCase(Locale.ROOT)));
    if (!status.signOffs().isEmpty()) {
      parts.add("sign-off of " + String.join(", ", status.signOffs()));
    }
    status.windowOpens().ifPresent(at -> parts.add("the window, which opens at " + at));
    return String.join("; ", parts);
  }
}
