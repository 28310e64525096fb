package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Secret;
import dev.rubicon.stack.EmbeddedS3;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  @TempDir static Path s3Folder;
  private static EmbeddedS3 s3;
  private static ObjectStore store;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start(s3Folder, 0, "bucket", "key", "secret");
    store =
        ObjectStore.open(
            new RubiconConfig.ObjectStore(
                Optional.of(s3.endpoint()),
                "us-east-1",
                "bucket",
                "some/prefix/",
                Optional.of("key"),
                Optional.of(new Secret("secret")),
                true,
                10_000));
  }

  @AfterAll
  static void stop() {
    store.close();
    s3.close();
  }

  @Test
  void theDigestIsThatOfPathsAndContentsAlone(@TempDir Path folder) throws IOException {
    Samples.copyFull(folder);
    String digest = RunbookReader.read(folder).digest();
    assertThat(digest).matches("[0-9a-f]{64}").isEqualTo(digest(Samples.full()));

    Files.setLastModifiedTime(folder.resolve("runbook.yaml"), FileTime.fromMillis(0));
    Files.createDirectory(folder.resolve("empty"));
    assertThat(digest(folder)).isEqualTo(digest);

    Samples.write(folder, "canonical/grants.sql", "SELECT 2;");
    assertThat(digest(folder)).isNotEqualTo(digest);
  }

  @Test
  void theDigestIsTheSameOnEveryMachineAndInEveryRelease() {
    var files = new TreeMap<>(Map.of("a/b.sql", bytes("SELECT 1;"), "runbook.yaml", bytes("x")));

    // printf 'rubicon bundle 1\n' + for each: 8-byte length, bytes; then sha256sum
    assertThat(BundleDigest.of(files))
        .isEqualTo("c431b44c6c63398ec3b0c69adb1d868195728e9ba929e2e9ba2248fb740aaa2f");
  }

  @Test
  void contentThatMovesFromOneFileToTheNextGivesAnotherDigest() {
    assertThat(BundleDigest.of(new TreeMap<>(Map.of("a", bytes("xb"), "c", bytes("y")))))
        .isNotEqualTo(BundleDigest.of(new TreeMap<>(Map.of("a", bytes("x"), "bc", bytes("y")))));
  }

  @Test
  void hiddenFilesAndLeftoversOfEditorsAreNotPartOfIt(@TempDir Path folder) {
    Samples.copyFull(folder);
    String digest = digest(folder);
    for (String name :
        new String[] {
          ".git/config",
          "expand/.DS_Store",
          "runbook.yaml~",
          "expand/V1__anonymous_usage.sql.swp",
          "canonical/schema.sql.orig",
          "#runbook.yaml#",
          "x.bak",
          "Thumbs.db",
          "expand/a.tmp"
        }) {
      Samples.write(folder, name, "x");
    }

    Bundle bundle = RunbookReader.read(folder);

    assertThat(bundle.digest()).isEqualTo(digest);
    assertThat(bundle.files()).hasSize(7);
  }

  @Test
  void linksAreRefusedBecauseTheyAreNotBundled(@TempDir Path folder) throws IOException {
    Samples.copyFull(folder);
    Files.createSymbolicLink(folder.resolve("canonical/more.sql"), Path.of("/etc/hostname"));

    assertThat(RunbookReader.problems(folder))
        .singleElement()
        .hasToString(folder + "/canonical/more.sql:1:1: is no plain file; links are not bundled");
  }

  @Test
  void comesBackFromTheObjectStoreByteForByte() {
    Bundle bundle = RunbookReader.read(Samples.full());
    var bundles = new BundleStore(store);

    bundles.put(bundle);
    bundles.put(bundle);
    Bundle back = bundles.get(bundle.digest());

    assertThat(back.digest()).isEqualTo(bundle.digest());
    assertThat(back.runbook()).isEqualTo(bundle.runbook());
    assertThat(back.files().keySet()).isEqualTo(bundle.files().keySet());
    assertThat(back.text("expand/U1__anonymous_usage.sql"))
        .isEqualTo(bundle.text("expand/U1__anonymous_usage.sql"));
    assertThat(store.keys("bundles/")).contains("bundles/" + bundle.digest() + ".zip");
    assertThat(BundleZip.pack(bundle.files())).isEqualTo(BundleZip.pack(back.files()));
  }

  @Test
  void aBundleThatIsNotThereIsMissing() {
    assertCode(ErrorCode.BUNDLE_MISSING, "0".repeat(64));
    assertCode(ErrorCode.BUNDLE_MISSING, "../backups/prod");
  }

  @Test
  void aBundleWithOtherBytesUnderItsDigestIsCorrupt() {
    var forged = new TreeMap<>(RunbookReader.read(Samples.full()).files());
    forged.put(
        "canonical/grants.sql", bytes("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;"));
    String digest = "1".repeat(64);
    store.put("bundles/" + digest + ".zip", BundleZip.pack(forged), "application/zip");
    assertCode(ErrorCode.BUNDLE_CORRUPT, digest);

    String torn = "2".repeat(64);
    byte[] zip = BundleZip.pack(forged);
    store.put(
        "bundles/" + torn + ".zip",
        java.util.Arrays.copyOf(zip, zip.length / 2),
        "application/zip");
    assertCode(ErrorCode.BUNDLE_CORRUPT, torn);
  }

  private static void assertCode(ErrorCode code, String digest) {
    assertThatThrownBy(() -> new BundleStore(store).get(digest))
        .isInstanceOfSatisfying(RubiconException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static String digest(Path folder) {
    return RunbookReader.read(folder).digest();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
