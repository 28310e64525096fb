package dev.rubicon.worker;

import dev.rubicon.workflow.ContractWorkflowImpl;
import dev.rubicon.workflow.RolloutWorkflowImpl;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.List;

/** What this worker can do; a new workflow or activity class is one line here. */
@Factory
final class RegistrationBeans {

  @Singleton
  Registrations registrations() {
    return new Registrations(
        List.of(RolloutWorkflowImpl.class, ContractWorkflowImpl.class),
        List.of(),
        List.of(),
        List.of());
  }
}
