package dev.rubicon.cli.terminal;

/** Colours, where they are wanted. */
public record Paint(boolean on) {

  public static Paint of(Console console) {
    return new Paint(console.colours());
  }

  public String good(String text) {
    return wrap(text, "32");
  }

  public String bad(String text) {
    return wrap(text, "31");
  }

  public String wait(String text) {
    return wrap(text, "33");
  }

  public String busy(String text) {
    return wrap(text, "36");
  }

  public String dim(String text) {
    return wrap(text, "2");
  }

  public String strong(String text) {
    return wrap(text, "1");
  }

  /** The colour of a phase's outcome or a rollout's state. */
  public String outcome(String word, String text) {
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
