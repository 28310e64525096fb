package dev.rubicon.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Secret;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.FaultProxy;
import dev.rubicon.stack.FaultProxy.Fault;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Turn
@Tag("slow")
class ObjectStoreTest {
  private static final Predicate<FaultProxy.Request> PART =
      r -> r.method().equals("PUT") && r.path().contains("partNumber=");
  private static final Predicate<FaultProxy.Request> PUT = r -> r.method().equals("PUT");
  private static final Predicate<FaultProxy.Request> FINISH =
      r -> r.method().equals("POST") && r.path().contains("uploadId=");
  private static final Predicate<FaultProxy.Request> GET = r -> r.method().equals("GET");

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
    store = ObjectStore.open(config(proxy.endpoint(), "bucket", "secret-of-the-store"));
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  static RubiconConfig.ObjectStore config(URI endpoint, String bucket, String secret) {
    return new RubiconConfig.ObjectStore(
        Optional.of(endpoint),
        "us-east-1",
        bucket,
        "/team/rubicon/",
        Optional.of("key"),
        Optional.of(new Secret(secret)),
        true,
        10_000);
  }

  @Test
  void whatIsPutIsReadListedAndDeleted() throws IOException {
    store.put("a/one", "1".getBytes(UTF_8), "text/plain");
    store.put("a/two words ü", "2".getBytes(UTF_8), "text/plain");
    store.put("b/three", new byte[0], "text/plain");
    assertThat(store.keys("a/")).containsExactly("a/one", "a/two words ü");
    assertThat(store.read("a/two words ü")).asString(UTF_8).isEqualTo("2");
    assertThat(store.size("b/three")).isZero();
    try (var in = store.stream("b/three")) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    assertThat(Files.isDirectory(folder.resolve("bucket/team/rubicon/a"))).isTrue();
    store.delete("a/one");
    store.delete("a/one");
    assertThat(store.exists("a/one")).isFalse();
    assertThatThrownBy(() -> store.read("a/one")).satisfies(code(ErrorCode.OBJECT_MISSING));
  }

  @Test
  void putIfAbsentNeverReplaces() {
    assertThat(store.putIfAbsent("once", "first".getBytes(UTF_8), "text/plain")).isTrue();
    assertThat(store.putIfAbsent("once", "second".getBytes(UTF_8), "text/plain")).isFalse();
    assertThat(store.read("once")).asString(UTF_8).isEqualTo("first");
  }

  @Test
  void putIfAbsentKnowsItsOwnObjectWhenTheAnswerWasLost() {
    proxy.inject(1, new Fault.LoseAnswer(), PUT);
    assertThat(store.putIfAbsent("lost", "mine".getBytes(UTF_8), "text/plain")).isTrue();
    assertThat(store.read("lost")).asString(UTF_8).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void aPartIsSentAgainWhenTheStoreFails(int status) throws IOException {
    proxy.inject(2, new Fault.Answer(status), PART);
    uploadAndCompare("retried/" + status);
  }

  @Test
  void aPartIsSentAgainWhenTheConnectionBreaksInItsMiddle() throws IOException {
    proxy.inject(1, new Fault.BreakRequest(3 << 20), PART);
    uploadAndCompare("broken");
  }

  @Test
  void aLostAnswerToTheLastCallIsNotAFailure() throws IOException {
    proxy.inject(1, new Fault.LoseAnswer(), FINISH);
    uploadAndCompare("finished");
  }

  @Test
  void aDownloadThatBreaksIsTakenUpWhereItBroke() throws IOException {
    var content = new byte[5 << 20];
    new Random(3).nextBytes(content);
    store.put("big", content, "application/octet-stream");
    proxy.inject(2, new Fault.BreakAnswer(2 << 20), GET);
    try (var in = store.stream("big")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(proxy.seen().stream().filter(GET)).hasSize(3);
  }

  @Test
  void anUploadThatIsNotFinishedLeavesNothing() {
    try (var upload = store.upload("cut/short")) {
      upload.write(new byte[20 << 20], 0, 20 << 20);
    }
    assertThat(store.exists("cut/short")).isFalse();
    assertThat(store.orphans("cut/")).isEmpty();
  }

  @Test
  void orphansAreFoundAndAborted() {
    var killed = store.upload("orphan/dump");
    killed.write(new byte[9 << 20], 0, 9 << 20);
    var elsewhere = store.upload("other/dump");
    assertThat(store.orphans("orphan/")).containsExactly("orphan/dump");
    assertThat(store.abortOrphans("orphan/")).containsExactly("orphan/dump");
    assertThat(store.orphans("orphan/")).isEmpty();
    assertThat(store.orphans("other/")).containsExactly("other/dump");
    assertThatThrownBy(killed::finish).satisfies(code(ErrorCode.OBJECT_MISSING));
    elsewhere.close();
  }

  @Test
  void anEmptyStreamIsAnEmptyObject() {
    try (var upload = store.upload("empty")) {
      assertThat(upload.finish().bytes()).isZero();
    }
    assertThat(store.size("empty")).isZero();
  }

  @Test
  void aStoreThatKeepsFailingIsUnreachable() {
    proxy.inject(1_000, new Fault.Answer(503), r -> true);
    assertThatThrownBy(() -> store.put("x", new byte[1], "text/plain"))
        .satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE))
        .hasMessageContaining("503");
  }

  @Test
  void nobodyListeningIsUnreachable() throws IOException {
    // Bound, and not listening: a port that is merely free may be somebody else's by now.
    try (var held = new Socket()) {
      held.bind(new InetSocketAddress("127.0.0.1", 0));
      URI endpoint = URI.create("http://127.0.0.1:" + held.getLocalPort());
      try (var nobody = ObjectStore.open(config(endpoint, "bucket", "secret-of-the-store"))) {
        assertThatThrownBy(() -> nobody.exists("x"))
            .satisfies(code(ErrorCode.OBJECT_STORE_UNREACHABLE));
      }
    }
  }

  @Test
  void aBucketThatCannotBeWrittenIsRefusedWithItsCode() {
    try (var absent = ObjectStore.open(config(s3.endpoint(), "absent", "secret-of-the-store"));
        var wrong = ObjectStore.open(config(s3.endpoint(), "bucket", "a-wrong-secret"))) {
      assertThatThrownBy(absent::checkWritable)
          .satisfies(code(ErrorCode.BUCKET_NOT_WRITABLE))
          .hasMessageContaining("does not exist");
      assertThatThrownBy(wrong::checkWritable)
          .satisfies(code(ErrorCode.BUCKET_NOT_WRITABLE))
          .hasMessageNotContaining("a-wrong-secret");
      assertThatThrownBy(() -> wrong.read("x")).satisfies(code(ErrorCode.OBJECT_STORE_DENIED));
    }
    store.checkWritable();
    assertThat(store.keys("doctor/")).isEmpty();
  }

  @Test
  void aLongStreamIsHeldInBoundedMemory() {
    long length = 120L << 20;
    var chunk = new byte[1 << 20];
    try (var upload = store.upload("long")) {
      int most = 0;
      for (long sent = 0; sent < length; sent += chunk.length) {
        chunk[0] = (byte) sent;
        upload.write(chunk, 0, chunk.length);
        most = Math.max(most, upload.held());
      }
      assertThat(upload.finish().bytes()).isEqualTo(length);
      assertThat(most).isLessThanOrEqualTo(8 << 20);
    }
    assertThat(store.size("long")).isEqualTo(length);
    store.delete("long");
  }

  @Test
  void aStoreWithFewPartsGetsBiggerOnes() throws IOException {
    var base = config(s3.endpoint(), "bucket", "secret-of-the-store");
    var few =
        new RubiconConfig.ObjectStore(
            base.endpoint(),
            base.region(),
            base.bucket(),
            "",
            base.accessKey(),
            base.secretKey(),
            true,
            12);
    var random = new Random(5);
    var digest = Digests.sha256();
    try (var small = ObjectStore.open(few);
        var upload = small.upload("few")) {
      var chunk = new byte[3 << 20];
      for (int i = 0; i < 100; i++) { // 300 MiB: parts of 8, 16, 32, 64 and 128 MiB, then the rest
        random.nextBytes(chunk);
        digest.update(chunk);
        upload.write(chunk, 0, chunk.length);
        assertThat(upload.held()).isLessThanOrEqualTo(PartBuffer.IN_MEMORY);
      }
      var uploaded = upload.finish();
      assertThat(uploaded.parts()).isEqualTo(6);
      var read = Digests.sha256();
      try (var in = small.stream("few")) {
        var piece = new byte[1 << 20];
        for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
          read.update(piece, 0, got);
        }
      }
      assertThat(read.digest()).isEqualTo(digest.digest());
      small.delete("few");
    }
  }

  @Test
  void partSizesFillWhatTheStoreAllows() {
    assertThat(new PartSizes(10_000).of(1)).isEqualTo(8L << 20);
    assertThat(new PartSizes(10_000).capacity()).isGreaterThan(10L << 40);
    assertThat(new PartSizes(1_000).capacity()).isGreaterThan(1L << 40);
    assertThat(new PartSizes(10_000).of(10_000)).isEqualTo(5L << 30);
  }

  @Test
  void metadataHoldsNoSecret() {
    try (var upload = store.upload("meta")) {
      upload.write(1);
      upload.finish();
    }
    assertThat(store.metadata("meta").keySet()).containsExactly("rubicon-upload");
    assertThat(store.metadata("meta").toString()).doesNotContain("secret-of-the-store");
  }

  private void uploadAndCompare(String key) throws IOException {
    var content = new byte[20 << 20];
    new Random(1).nextBytes(content);
    MultipartUpload.Uploaded uploaded;
    try (var upload = store.upload(key)) {
      upload.write(content, 0, content.length);
      uploaded = upload.finish();
    }
    assertThat(uploaded.bytes()).isEqualTo(content.length);
    assertThat(uploaded.sha256()).isEqualTo(Digests.sha256(content));
    assertThat(store.read(key)).isEqualTo(content);
    assertThat(store.orphans(key)).isEmpty();
  }

  private static java.util.function.Consumer<Throwable> code(ErrorCode code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                RubiconException.class, r -> assertThat(r.code()).isEqualTo(code));
  }
}
