package dev.rubicon.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.FaultProxy;
import dev.rubicon.stack.FaultProxy.Fault;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** A store that stands still, or nearly so. Without limits these calls would never return. */
@Turn
@Tag("slow")
@Timeout(60)
class StoreLimitsTest {
  private static final Predicate<FaultProxy.Request> PART =
      r -> r.method().equals("PUT") && r.path().contains("partNumber=");
  private static final Predicate<FaultProxy.Request> GET = r -> r.method().equals("GET");
  private static final StoreLimits LIMITS =
      new StoreLimits(Duration.ofSeconds(5), Duration.ofMillis(1500), 1L << 20);

  @TempDir static Path folder;
  private static EmbeddedS3 s3;
  private FaultProxy proxy;
  private ObjectStore store;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret-of-the-store");
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() {
    proxy = FaultProxy.before(s3.endpoint());
    store = store(proxy.endpoint(), LIMITS, Apache5HttpClient.builder());
  }

  private static ObjectStore store(
      URI endpoint, StoreLimits limits, Apache5HttpClient.Builder http) {
    return ObjectStore.open(
        ObjectStoreTest.config(endpoint, "bucket", "secret-of-the-store"), limits, http);
  }

  @AfterEach
  void close() {
    proxy.heal();
    store.close();
    proxy.close();
  }

  @Test
  void aPartWhosePeerStopsReadingIsSentAgain() throws IOException {
    proxy.inject(1, new Fault.StallRequest(100_000), PART);
    byte[] content = random(10 << 20);
    upload("stalled", content);
    assertThat(proxy.seen().stream().filter(PART)).hasSize(3);
    try (var in = store.stream("stalled")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void aPeerThatNeverReadsIsUnreachableAndWhyIsSaid() {
    proxy.inject(1_000, new Fault.StallRequest(100_000), PART);
    assertThatThrownBy(() -> upload("never", random(10 << 20)))
        .satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE))
        .hasMessageContaining("writing part 1 of never")
        .hasMessageContaining("nothing moved for ");
    assertThat(proxy.seen().stream().filter(PART)).hasSize(3);
    assertThat(store.orphans("never")).isEmpty();
  }

  /** Small enough for the kernel's buffers: what is waited for is the answer. */
  @Test
  void anAnswerThatNeverComesIsNotWaitedForForEver() {
    proxy.inject(1, new Fault.StallRequest(0), r -> r.method().equals("PUT"));
    store.put("small", "content".getBytes(UTF_8), "text/plain");
    assertThat(store.read("small")).asString(UTF_8).isEqualTo("content");
  }

  @Test
  void lookingAndListingAreLimitedToo() {
    store.put("a/one", new byte[1], "text/plain");
    proxy.inject(1, new Fault.StallRequest(0), r -> r.method().equals("HEAD"));
    proxy.inject(1, new Fault.StallAnswer(20), GET);
    proxy.inject(1, new Fault.StallRequest(0), GET);
    assertThat(store.exists("a/one")).isTrue();
    assertThat(store.keys("a/")).containsExactly("a/one");
    assertThat(proxy.seen().stream().filter(GET)).hasSize(3);
  }

  @Test
  void aDownloadThatStandsStillIsTakenUpWhereItStood() throws IOException {
    byte[] content = random(5 << 20);
    store.put("big", content, "application/octet-stream");
    proxy.inject(1, new Fault.StallAnswer(2 << 20), GET);
    try (var in = store.stream("big")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(proxy.seen().stream().filter(GET)).hasSize(2);
  }

  @Test
  void aDownloadThatOnlyDripsIsUnreachable() throws IOException {
    store.put("drips", random(1 << 20), "application/octet-stream");
    proxy.inject(1_000, new Fault.Slow(1_000), GET);
    var impatient = new StoreLimits(Duration.ofSeconds(5), Duration.ofMillis(500), 1L << 20);
    try (var strict = store(proxy.endpoint(), impatient, Apache5HttpClient.builder());
        var in = strict.stream("drips")) {
      assertThatThrownBy(in::readAllBytes)
          .satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE))
          .hasMessageContaining("slower than 1024 KB/s");
    }
  }

  /** Longer than the limit for silence in both directions; nothing is sent twice. */
  @Test
  void whatIsSlowAndSteadyGoesThrough() throws IOException {
    byte[] content = random(12 << 20);
    proxy.inject(1_000, new Fault.Slow(6L << 20), r -> true);
    upload("steady", content);
    try (var in = store.stream("steady")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(proxy.seen().stream().filter(PART)).hasSize(2);
    assertThat(proxy.seen().stream().filter(GET)).hasSize(1);
  }

  @Test
  void aStalledUploadShowsItsSilenceAndCanBeStopped() throws InterruptedException {
    proxy.inject(1_000, new Fault.StallRequest(100_000), PART);
    try (var upload = store.upload("watched")) {
      var failures = new CopyOnWriteArrayList<Throwable>();
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      upload.write(random(10 << 20), 0, 10 << 20);
                    } catch (RuntimeException e) {
                      failures.add(e);
                    }
                  });
      while (upload.traffic().attempt() < 2 || upload.traffic().silence().isEmpty()) {
        assertThat(writer.isAlive()).isTrue();
        LockSupport.parkNanos(2_000_000);
      }
      assertThat(upload.traffic().moved()).isPositive();
      upload.traffic().stop();
      writer.join();
      assertThat(failures).singleElement().satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE));
      assertThat(upload.traffic().attempt()).isEqualTo(2);
      assertThat(upload.traffic().silence()).isEmpty();
    }
  }

  /** A close that first says good-bye would wait for the very write that it is to end. */
  @Test
  void aWriteThatBlocksBelowTlsIsEndedToo() throws Exception {
    char[] password = "changeit".toCharArray();
    KeyStore keys = KeyStore.getInstance(selfSigned("changeit").toFile(), password);
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    var open = new CopyOnWriteArrayList<Socket>();
    try (var server =
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        var tls =
            store(
                URI.create("https://127.0.0.1:" + server.getLocalPort()),
                LIMITS,
                Apache5HttpClient.builder().tlsTrustManagersProvider(trust::getTrustManagers))) {
      Thread.ofPlatform().daemon().start(() -> shakeHandsOnly(server, open));
      assertThatThrownBy(() -> tls.put("x", new byte[16 << 20], "text/plain"))
          .satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE))
          .hasMessageContaining("nothing moved for ");
      assertThat(open).hasSize(3);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static void shakeHandsOnly(ServerSocket server, List<Socket> open) {
    while (!server.isClosed()) {
      try {
        var socket = (SSLSocket) server.accept();
        socket.startHandshake();
        open.add(socket);
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static Path selfSigned(String password) throws IOException, InterruptedException {
    Path file = folder.resolve("keys-" + System.nanoTime() + ".p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "store",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storepass",
                password,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    return file;
  }

  private void upload(String key, byte[] content) {
    try (var upload = store.upload(key)) {
      upload.write(content, 0, content.length);
      upload.finish();
    }
  }

  private static byte[] random(int length) {
    var content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static Consumer<Throwable> code(ErrorCode code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                RubiconException.class, r -> assertThat(r.code()).isEqualTo(code));
  }
}
