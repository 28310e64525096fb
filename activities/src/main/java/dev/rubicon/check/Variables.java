package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ${name}} stands for: the target's variables, what Rubicon sets ({@code database},
 * {@code rollout}, {@code round}, {@code nonce}), and what earlier checks captured. A name is
 * replaced once: values are not templates.
 */
public final class Variables {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_.-]*)}");

  private final Map<String, String> values;

  private Variables(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  public static Variables of(Map<String, String> values) {
    return new Variables(values);
  }

  /**
   * Those of a phase. {@code nonce} is new on every call, so that checks which run again do not
   * find the rows of the run before.
   */
  public static Variables of(PhaseContext context) {
    var all = new HashMap<>(context.target().variables());
    all.put("database", context.target().database());
    all.put("rollout", context.input().rollout());
    all.put("round", Integer.toString(context.input().round()));
    all.put("nonce", UUID.randomUUID().toString().substring(0, 13));
    return new Variables(all);
  }

  public Variables with(Map<String, String> more) {
    var all = new HashMap<>(values);
    all.putAll(more);
    return new Variables(all);
  }

  /** Replaces every reference by its value as it stands. */
  public String resolve(String template) {
    return replace(template, value -> value);
  }

  /** For the body of a call: inside JSON, values are escaped as JSON strings are. */
  String resolveBody(String template) {
    String start = template.stripLeading();
    boolean json = start.startsWith("{") || start.startsWith("[");
    return replace(template, json ? Json::escape : value -> value);
  }

  private String replace(String template, java.util.function.UnaryOperator<String> escape) {
    return REFERENCE
        .matcher(template)
        .replaceAll(match -> Matcher.quoteReplacement(escape.apply(value(match.group(1)))));
  }

  private String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new RubiconException(
          ErrorCode.VARIABLE_UNKNOWN,
          "nothing says what ${"
              + name
              + "} is (known: "
              + String.join(", ", new TreeSet<>(values.keySet()))
              + ")",
          "add it under variables: of the target in rubicon.yaml, or capture it in an earlier"
              + " check");
    }
    return value;
  }
}
