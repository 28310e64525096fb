package dev.rubicon.demo.app;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@code --name value} and {@code --flag} on a command line. */
public record Arguments(Map<String, String> values) {

  public static Arguments of(String... words) {
    var values = new HashMap<String, String>();
    for (int i = 0; i < words.length; i++) {
      if (!words[i].startsWith("--")) {
        throw new IllegalArgumentException("not an option: " + words[i]);
      }
      boolean flag = i + 1 == words.length || words[i + 1].startsWith("--");
      values.put(words[i].substring(2), flag ? "true" : words[++i]);
    }
    return new Arguments(values);
  }

  public String get(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("--" + name + " is missing"));
  }

  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  public static String environment(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new IllegalArgumentException("the variable " + name + " is not set"));
  }
}
