package dev.rubicon.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * An HTTP client whose exchanges have limits in both directions. Java knows a limit for reading a
 * socket and none for writing: a write whose peer has stopped reading blocks until the socket is
 * closed, which a watchdog thread does here.
 */
final class LimitedHttpClient implements SdkHttpClient {
  private static final Logger LOG = LoggerFactory.getLogger(LimitedHttpClient.class);

  private final SdkHttpClient client;
  private final StoreLimits limits;
  private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("rubicon-store-limits").unstarted(task));

  private LimitedHttpClient(SdkHttpClient client, StoreLimits limits) {
    this.client = client;
    this.limits = limits;
    long period = Math.clamp(limits.quiet().toMillis() / 20, 20, 1000);
    watch.scheduleWithFixedDelay(
        () -> running.forEach(LimitedHttpClient::check), period, period, TimeUnit.MILLISECONDS);
  }

  /** One that fails must not end the watch of all others. */
  private static void check(Exchange exchange) {
    try {
      exchange.check();
    } catch (RuntimeException e) {
      LOG.error("an exchange with the object store could not be ended", e);
    }
  }

  /**
   * The SDK closes a client that it has built itself.
   *
   * @param http whose abort closes the socket itself, with linger 0 and below TLS: a close that
   *     first says good-bye would wait for the write that it is to end
   */
  record Builder(Apache5HttpClient.Builder http, StoreLimits limits)
      implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      http.connectionTimeout(limits.connect())
          // Longer than any wait that the watch allows: its reasons are the better ones.
          .socketTimeout(limits.answer(Long.MAX_VALUE).plus(limits.quiet()));
      return new LimitedHttpClient(http.buildWithDefaults(defaults), limits);
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Limited(request);
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    watch.shutdownNow();
    client.close();
  }

  private final class Limited implements ExecutableHttpRequest {
    private final Exchange exchange;
    private final ExecutableHttpRequest inner;

    Limited(HttpExecuteRequest request) {
      long length =
          request
              .httpRequest()
              .firstMatchingHeader("Content-Length")
              .map(Long::parseLong)
              .orElse(0L);
      exchange = new Exchange(limits, length, Traffic.current(), this::abort);
      var counted =
          HttpExecuteRequest.builder()
              .request(request.httpRequest())
              .contentStreamProvider(
                  request.contentStreamProvider().map(this::counting).orElse(null));
      request.metricCollector().ifPresent(counted::metricCollector);
      inner = client.prepareRequest(counted.build());
    }

    private ContentStreamProvider counting(ContentStreamProvider provider) {
      return () -> new Counting(provider.newStream());
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      Traffic.current().began(exchange);
      exchange.begin();
      running.add(exchange);
      try {
        HttpExecuteResponse response = inner.call();
        return HttpExecuteResponse.builder()
            .response(response.httpResponse())
            .responseBody(
                response
                    .responseBody()
                    .map(body -> AbortableInputStream.create(new Watched(body), body))
                    .orElse(null))
            .build();
      } catch (IOException e) {
        throw exchange.told(e);
      } finally {
        exchange.end();
        running.remove(exchange);
      }
    }

    @Override
    public void abort() {
      inner.abort();
    }

    /** What the client takes of it, it writes next. */
    private final class Counting extends FilterInputStream {
      Counting(InputStream body) {
        super(body);
      }

      @Override
      public int read() throws IOException {
        int one = super.read();
        if (one >= 0) {
          exchange.sent(1);
        }
        return one;
      }

      @Override
      public int read(byte[] into, int offset, int count) throws IOException {
        int got = super.read(into, offset, count);
        if (got > 0) {
          exchange.sent(got);
        }
        return got;
      }
    }

    /** The answer's body: limited while a read waits, not between two reads. */
    private final class Watched extends FilterInputStream {
      Watched(InputStream body) {
        super(body);
      }

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int count) throws IOException {
        exchange.begin();
        running.add(exchange);
        try {
          int got = super.read(into, offset, count);
          if (got > 0) {
            exchange.received(got);
          }
          return got;
        } catch (IOException e) {
          throw exchange.told(e);
        } finally {
          exchange.end();
          running.remove(exchange);
        }
      }
    }
  }
}
