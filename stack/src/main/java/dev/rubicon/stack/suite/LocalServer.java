package dev.rubicon.stack.suite;

import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.Stack;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test that needs more of PostgreSQL than a connection: its log, its data folder, a standby. It
 * starts a {@link LocalPostgres} for that, so in a run on containers it would prove nothing about
 * the image; there it says by name that it did not run.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LocalServer.Condition.class)
public @interface LocalServer {
  /** What for: "it reads the server's log". */
  String value();

  /** Only where PostgreSQL is a local cluster. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), LocalServer.class)
          .filter(needed -> Stack.Kind.chosen() == Stack.Kind.CONTAINERS)
          .map(
              needed -> {
                String reason =
                    "not run: %s: %s, and this run is on containers"
                        .formatted(LeftOut.name(context), needed.value());
                System.out.println(reason);
                return ConditionEvaluationResult.disabled(reason);
              })
          .orElseGet(() -> ConditionEvaluationResult.enabled(""));
    }
  }
}
