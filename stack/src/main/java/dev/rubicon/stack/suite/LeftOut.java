package dev.rubicon.stack.suite;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out the tests that have a tag in {@code -Drubicon.without=}. Surefire's excluded groups
 * would do so silently; these say by name that they did not run, and why.
 */
public final class LeftOut implements ExecutionCondition {
  private final Set<String> tags =
      new LinkedHashSet<>(Arrays.asList(System.getProperty("rubicon.without", "deep").split(",")));

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    for (String tag : tags) {
      if (context.getTags().contains(tag)) {
        String reason =
            "not run: %s: its tag is '%s', and this run is without %s"
                .formatted(name(context), tag, String.join(", ", tags));
        System.out.println(reason);
        return ConditionEvaluationResult.disabled(reason);
      }
    }
    return ConditionEvaluationResult.enabled("");
  }

  static String name(ExtensionContext context) {
    String type = context.getRequiredTestClass().getSimpleName();
    return context.getTestMethod().map(method -> type + "." + method.getName()).orElse(type);
  }
}
