package dev.rubicon.stack.suite;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What takes long takes turns: of {@link Turns#COUNT} builds one after another, each such test runs
 * in one. The others say by name that they did not run. Which turn a build has is in {@link Turns}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Turn.Condition.class)
public @interface Turn {
  /**
   * From 1 to {@link Turns#COUNT}. 0: each test of the class, and each case of one with parameters,
   * has a turn of its own, told by its name, so that every build runs some of them.
   */
  int value() default 0;

  /** Only what has its turn in this build. */
  final class Condition implements ExecutionCondition {
    private static final ConditionEvaluationResult RUNS = ConditionEvaluationResult.enabled("");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<Turn> own = AnnotationSupport.findAnnotation(context.getElement(), Turn.class);
      int given =
          own.or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), Turn.class))
              .map(Turn::value)
              .orElseThrow();
      boolean each = given == 0;
      if (each ? !isTest(context) : own.isEmpty()) {
        return RUNS;
      }
      int turn = each ? Turns.of(context.getUniqueId()) : given;
      if (Turns.hasCome(turn)) {
        return RUNS;
      }
      String reason =
          "not run: %s: its turn is %d of %d, and this build's is %s"
              .formatted(name(context), turn, Turns.COUNT, Turns.current());
      System.out.println(reason);
      return ConditionEvaluationResult.disabled(reason);
    }

    private static String name(ExtensionContext context) {
      String name = LeftOut.name(context);
      return context.getUniqueId().contains(INVOCATION)
          ? name + context.getDisplayName().replaceAll("(?s)^(\\[\\d+]).*", "$1")
          : name;
    }

    private static final String INVOCATION = "[test-template-invocation:";

    /** A method with parameters is a container of its cases. */
    private static boolean isTest(ExtensionContext context) {
      String id = context.getUniqueId();
      return id.substring(id.lastIndexOf('/')).startsWith("/[method:")
          || id.substring(id.lastIndexOf('/')).startsWith("/" + INVOCATION);
    }
  }
}
