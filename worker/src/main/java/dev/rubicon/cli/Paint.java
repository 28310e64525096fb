package dev.rubicon.cli;

/** Colours, where they are wanted. */
record Paint(boolean on) {

  static Paint of(Console console) {
    return new Paint(console.colours());
  }

  String good(String text) {
    return wrap(text, "32");
  }

  String bad(String text) {
    return wrap(text, "31");
  }

  String wait(String text) {
    return wrap(text, "33");
  }

  String busy(String text) {
    return wrap(text, "36");
  }

  String dim(String text) {
    return wrap(text, "2");
  }

  String strong(String text) {
    return wrap(text, "1");
  }

  /** The colour of a phase's outcome or a rollout's state. */
  String outcome(String word, String text) {
    return switch (word) {
      case "done", "completed" -> good(text);
      case "failed", "held", "aborted", "terminated" -> bad(text);
      case "waiting" -> wait(text);
      case "running" -> busy(text);
      default -> dim(text);
    };
  }

  private String wrap(String text, String code) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
