package dev.rubicon.worker;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.phase.PhaseServices;
import dev.rubicon.workflow.ContractWorkflowImpl;
import dev.rubicon.workflow.RolloutWorkflowImpl;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * What this worker can do; a new workflow class is one line here, a new phase one in its services.
 */
@Factory
final class RegistrationBeans {

  @Singleton
  @Bean(preDestroy = "close")
  PhaseServices services(RubiconConfig config) {
    return PhaseServices.open(config);
  }

  @Singleton
  Registrations registrations(PhaseServices services) {
    return new Registrations(
        List.of(RolloutWorkflowImpl.class, ContractWorkflowImpl.class),
        services.control(),
        services.ddl(),
        services.data(),
        services.watch());
  }
}
