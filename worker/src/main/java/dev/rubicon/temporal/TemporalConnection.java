package dev.rubicon.temporal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.temporal.authorization.AuthorizationTokenSupplier;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.ServiceStubsOptions;
import io.temporal.serviceclient.SimpleSslContextBuilder;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A connection to Temporal as {@code rubicon.yaml} describes it: plain, mTLS or API key. */
public final class TemporalConnection implements AutoCloseable {
  /** How long a call waits for a server that is slow. */
  static final Duration ANSWER = Duration.ofSeconds(30);

  /** Long enough for a server that is just starting, short enough for a person who waits. */
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A port without a listener refuses at once; on another machine it may take a moment. */
  private static final int PROBE_MILLIS = 2_000;

  private final RubiconConfig.Temporal config;
  private final WorkflowServiceStubs service;
  private final WorkflowClient client;

  private TemporalConnection(
      RubiconConfig.Temporal config, WorkflowServiceStubs service, WorkflowClient client) {
    this.config = config;
    this.service = service;
    this.client = client;
  }

  /** Connects, or fails with {@code TEMPORAL_UNREACHABLE}. */
  public static TemporalConnection open(RubiconConfig.Temporal config) {
    return open(config, new NoopScope(), CONNECT, Optional.empty());
  }

  /**
   * @param patience how long an address without a listener is tried; a server that listens is given
   *     {@link #ANSWER} at least
   * @param poll how long the server may keep one call that asks for work; empty: as the SDK has it
   */
  public static TemporalConnection open(
      RubiconConfig.Temporal config, Scope metrics, Duration patience, Optional<Duration> poll) {
    var options =
        WorkflowServiceStubsOptions.newBuilder().setMetricsScope(metrics).setRpcTimeout(ANSWER);
    poll.ifPresent(options::setRpcLongPollTimeout);
    secure(options, config);
    WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(options.build());
    try {
      connect(config, service, patience);
    } catch (RuntimeException e) {
      service.shutdownNow();
      throw e;
    }
    WorkflowClient client =
        WorkflowClient.newInstance(
            service,
            WorkflowClientOptions.newBuilder()
                .setNamespace(config.namespace())
                .setIdentity(identity())
                .setDataConverter(converter(config))
                .build());
    return new TemporalConnection(config, service, client);
  }

  private static void connect(
      RubiconConfig.Temporal config, WorkflowServiceStubs service, Duration patience) {
    try {
      service.connect(patience);
    } catch (RuntimeException first) {
      if (!listening(config.address())) {
        throw new RubiconException(
            ErrorCode.TEMPORAL_UNREACHABLE,
            "no Temporal server listens at " + config.address(),
            "start one (rubicon up), or mend temporal: in rubicon.yaml; then: rubicon doctor",
            first);
      }
      try {
        service.connect(ANSWER);
      } catch (RuntimeException e) {
        throw new RubiconException(
            ErrorCode.TEMPORAL_UNREACHABLE,
            "something listens at "
                + config.address()
                + ", but does not answer as a Temporal server within "
                + ANSWER.toSeconds()
                + " s",
            "see whether it is a Temporal server, whether TLS is right in rubicon.yaml, and what"
                + " keeps it busy; then: rubicon doctor",
            e);
      }
    }
  }

  private static boolean listening(String address) {
    int colon = address.lastIndexOf(':');
    try (var socket = new Socket()) {
      String host = address.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
      int port = Integer.parseInt(address.substring(colon + 1));
      socket.connect(new InetSocketAddress(host, port), PROBE_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException nobody) {
      return false;
    }
  }

  public WorkflowClient client() {
    return client;
  }

  public WorkflowServiceStubs service() {
    return service;
  }

  /** For search attributes; the caller shuts it down. */
  public OperatorServiceStubs operator() {
    var options = OperatorServiceStubsOptions.newBuilder();
    secure(options, config);
    return OperatorServiceStubs.newServiceStubs(options.validateAndBuildWithDefaults());
  }

  /** Who polls, as the Temporal UI shows it. */
  public static String identity() {
    return hostName() + ":" + ProcessHandle.current().pid();
  }

  @Override
  public void close() {
    service.shutdown();
    if (!service.awaitTermination(2, TimeUnit.SECONDS)) {
      service.shutdownNow();
    }
  }

  /** Older and newer workers read each other's payloads: an unknown property is no error. */
  public static DataConverter converter(RubiconConfig.Temporal config) {
    var mapper =
        JacksonJsonPayloadConverter.newDefaultObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    DataConverter json =
        DefaultDataConverter.newDefaultInstance()
            .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(mapper));
    return config
        .payloadKey()
        .<DataConverter>map(
            key -> new CodecDataConverter(json, List.of(PayloadCodecAesGcm.of(key.reveal())), true))
        .orElse(json);
  }

  private static void secure(
      ServiceStubsOptions.Builder<?> options, RubiconConfig.Temporal config) {
    options.setTarget(config.address());
    config.apiKey().ifPresent(key -> options.addApiKey((AuthorizationTokenSupplier) key::reveal));
    if (config.clientCertificate().isPresent() && config.clientKey().isPresent()) {
      options.setSslContext(mutualTls(config.clientCertificate().get(), config.clientKey().get()));
    } else if (config.tls() || config.apiKey().isPresent()) {
      options.setEnableHttps(true);
    }
  }

  private static SslContext mutualTls(Path certificate, Path key) {
    try (var chain = Files.newInputStream(certificate);
        var secret = Files.newInputStream(key)) {
      return SimpleSslContextBuilder.forPKCS8(chain, secret).build();
    } catch (IOException | IllegalArgumentException e) {
      throw new RubiconException(
          ErrorCode.CONFIG_INVALID,
          "temporal.client-certificate or temporal.client-key cannot be read ("
              + e.getClass().getSimpleName()
              + ")",
          "give a PEM certificate chain and an unencrypted PKCS#8 key",
          e);
    }
  }

  private static String hostName() {
    String host = System.getenv("HOSTNAME");
    if (host != null && !host.isBlank()) {
      return host;
    }
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException noProc) {
      return "localhost";
    }
  }
}
