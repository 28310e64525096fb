package dev.rubicon.doctor;

import com.google.protobuf.util.Durations;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.workflow.Attributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.authorization.AuthorizationTokenSupplier;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.ServiceStubsOptions;
import io.temporal.serviceclient.SimpleSslContextBuilder;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Whether the Temporal server is there, keeps histories long enough, and knows the search
 * attributes.
 */
final class TemporalChecks {
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final int PATIENCE_SECONDS = 30;

  private final RubiconConfig.Temporal config;
  private final Examination examination;

  private TemporalChecks(RubiconConfig.Temporal config, Examination examination) {
    this.config = config;
    this.examination = examination;
  }

  static void examine(RubiconConfig.Temporal config, Examination examination) {
    new TemporalChecks(config, examination).all();
  }

  private void all() {
    var service = examination.value("temporal: reachable", this::connect);
    if (service.isEmpty()) {
      return;
    }
    try {
      namespace(service.get());
      attributes();
    } finally {
      service.get().shutdownNow();
    }
  }

  private WorkflowServiceStubs connect() {
    var options = WorkflowServiceStubsOptions.newBuilder();
    secure(options);
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(options.validateAndBuildWithDefaults());
    try {
      String version =
          service
              .blockingStub()
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .getSystemInfo(GetSystemInfoRequest.getDefaultInstance())
              .getServerVersion();
      examination.add(
          Diagnosis.ok(
              "temporal: reachable",
              config.address() + (version.isEmpty() ? "" : ", server " + version)));
      return service;
    } catch (StatusRuntimeException e) {
      service.shutdownNow();
      throw new RubiconException(
          ErrorCode.TEMPORAL_UNREACHABLE,
          e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
              ? "the Temporal server at "
                  + config.address()
                  + " is slow: no answer within "
                  + PATIENCE_SECONDS
                  + " s"
              : "no Temporal server answers at " + config.address(),
          "start one (rubicon up), or mend temporal: in rubicon.yaml; then: rubicon doctor",
          e);
    }
  }

  private void namespace(WorkflowServiceStubs service) {
    String name = "temporal: namespace";
    try {
      var response =
          service
              .blockingStub()
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(config.namespace()).build());
      examination.add(Diagnosis.ok(name, "'" + config.namespace() + "' is there"));
      examination.add(
          retention(
              config.namespace(),
              Duration.ofMillis(
                  Durations.toMillis(response.getConfig().getWorkflowExecutionRetentionTtl()))));
    } catch (StatusRuntimeException e) {
      examination.add(missingNamespace(name, e));
    }
  }

  private Diagnosis missingNamespace(String name, StatusRuntimeException e) {
    if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
      return Diagnosis.failed(
          name,
          new RubiconException(
              ErrorCode.TEMPORAL_UNREACHABLE,
              "there is no namespace '" + config.namespace() + "'",
              "temporal operator namespace create --retention 30d " + config.namespace()));
    }
    return unasked(name, e, "check in the Temporal UI that '" + config.namespace() + "' is there");
  }

  static Diagnosis retention(String namespace, Duration kept) {
    String name = "temporal: retention";
    String next = "temporal operator namespace update --retention 30d " + namespace;
    if (kept.isZero()) {
      return Diagnosis.warning(
          name,
          "the server does not say how long it keeps histories (the in-process one keeps none)",
          "for a rollout that is to be audited, use a Temporal server that keeps histories");
    }
    return kept.compareTo(RETENTION) < 0
        ? Diagnosis.warning(
            name,
            "finished rollouts are forgotten after "
                + kept.toHours()
                + " hours: too soon for an audit",
            next)
        : Diagnosis.ok(name, kept.toDays() + " days");
  }

  private void attributes() {
    String name = "temporal: search attributes";
    var options = OperatorServiceStubsOptions.newBuilder();
    secure(options);
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(options.validateAndBuildWithDefaults());
    try {
      examination.add(
          attributes(
              config.namespace(),
              operator
                  .blockingStub()
                  .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  .listSearchAttributes(
                      ListSearchAttributesRequest.newBuilder()
                          .setNamespace(config.namespace())
                          .build())
                  .getCustomAttributesMap()));
    } catch (StatusRuntimeException e) {
      examination.add(unasked(name, e, register(config.namespace(), Attributes.NAMES)));
    } finally {
      operator.shutdownNow();
    }
  }

  static Diagnosis attributes(String namespace, Map<String, IndexedValueType> registered) {
    String name = "temporal: search attributes";
    var missing = new ArrayList<String>();
    for (String attribute : Attributes.NAMES) {
      IndexedValueType type = registered.get(attribute);
      if (type == null) {
        missing.add(attribute);
      } else if (type != IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD) {
        return Diagnosis.failed(
            name,
            new RubiconException(
                ErrorCode.SEARCH_ATTRIBUTE_MISSING,
                attribute + " is registered with another type than Keyword",
                "temporal operator search-attribute remove --namespace "
                    + namespace
                    + " --name "
                    + attribute
                    + ", then: rubicon setup"));
      }
    }
    if (missing.isEmpty()) {
      return Diagnosis.ok(name, String.join(", ", Attributes.NAMES));
    }
    return Diagnosis.failed(
        name,
        new RubiconException(
            ErrorCode.SEARCH_ATTRIBUTE_MISSING,
            "not registered: " + String.join(", ", missing),
            "rubicon setup, or: " + register(namespace, missing)));
  }

  private static String register(String namespace, List<String> names) {
    var command =
        new StringBuilder("temporal operator search-attribute create --namespace ")
            .append(namespace);
    names.forEach(name -> command.append(" --name ").append(name).append(" --type Keyword"));
    return command.toString();
  }

  private static Diagnosis unasked(String name, StatusRuntimeException e, String next) {
    String why =
        e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
            ? "this server does not answer that (the in-process one cannot)"
            : "the server answers " + e.getStatus().getCode();
    return Diagnosis.warning(name, "could not be examined: " + why, next);
  }

  private void secure(ServiceStubsOptions.Builder<?> options) {
    options.setTarget(config.address());
    config.apiKey().ifPresent(key -> options.addApiKey((AuthorizationTokenSupplier) key::reveal));
    if (config.clientCertificate().isPresent() && config.clientKey().isPresent()) {
      try (var chain = Files.newInputStream(config.clientCertificate().get());
          var key = Files.newInputStream(config.clientKey().get())) {
        options.setSslContext(SimpleSslContextBuilder.forPKCS8(chain, key).build());
      } catch (IOException | IllegalArgumentException e) {
        throw new RubiconException(
            ErrorCode.CONFIG_INVALID,
            "temporal.client-certificate or temporal.client-key cannot be read ("
                + e.getClass().getSimpleName()
                + ")",
            "give a PEM certificate chain and an unencrypted PKCS #8 key",
            e);
      }
    } else if (config.tls()) {
      options.setEnableHttps(true);
    }
  }
}
