package dev.rubicon.scaffold;

/**
 * Left for a human.
 *
 * @param what is asked
 * @param about what it is about, as it would stand in the file; may be empty
 */
record Question(String what, String about) {

  String comment() {
    return YamlText.comment("QUESTION: " + what + (about.isEmpty() ? "" : "\n" + about));
  }
}
