package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/**
 * {@code rubicon worker} in a process of its own, for tests that kill it. It ends with the pipe
 * that this JVM holds.
 */
final class WorkerJvm implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(4);

  private final Process process;
  private final Path log;

  private WorkerJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  private static Path archive;

  /**
   * For tests that start many: the JVM writes down the classes of one that starts and ends, and the
   * others take them from there in half the time. The site has no rollout yet that it could touch.
   */
  static synchronized void learn(TestSite site) {
    if (archive != null) {
      return;
    }
    try {
      Path file = temporary("classes.jsa");
      WorkerJvm worker = start(site, List.of("-XX:ArchiveClassesAtExit=" + file));
      worker.process.destroy();
      worker.process.waitFor();
      assertThat(file).exists();
      archive = file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns once it polls. */
  static WorkerJvm start(TestSite site) {
    return start(site, archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive));
  }

  /**
   * @param options of the JVM
   */
  static WorkerJvm start(TestSite site, List<String> options) {
    return start(site, options, classPath(), List.of("--http", "off"));
  }

  /**
   * With its HTTP API, where rubicon.yaml says.
   *
   * @param options of the JVM
   */
  static WorkerJvm serving(TestSite site, List<String> options) {
    return start(site, options, classPath(), List.of());
  }

  /**
   * With its HTTP API.
   *
   * @param classes that stand before all others
   */
  static WorkerJvm serving(TestSite site, Path classes) {
    return start(
        site,
        List.of(),
        classes + File.pathSeparator + classPath(),
        List.of("--http", "on", "--http-port", "0"));
  }

  private static WorkerJvm start(
      TestSite site, List<String> options, String classPath, List<String> http) {
    try {
      Path log = Files.createTempFile(site.folder, "worker", ".log");
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.addAll(
          List.of(
              "-Xmx1g",
              // It lives for seconds: what matters is how soon it is there.
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              classPath,
              Main.class.getName(),
              "--config",
              site.configFile.toString(),
              "worker",
              "--end-with-stdin"));
      command.addAll(http);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      var worker = new WorkerJvm(process, log);
      worker.awaitReady();
      return worker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath;

  /** Folders become jars, the only thing that an archive of classes takes. */
  static synchronized String classPath() {
    if (classPath == null) {
      classPath =
          TestClassPath.entries().stream()
              .map(Path::of)
              .map(entry -> Files.isDirectory(entry) ? jar(entry) : entry)
              .map(Path::toString)
              .collect(Collectors.joining(File.pathSeparator));
    }
    return classPath;
  }

  /** Gone with this JVM. */
  private static Path temporary(String name) throws IOException {
    Path folder = Files.createTempDirectory("rubicon-worker");
    folder.toFile().deleteOnExit();
    Path file = folder.resolve(name);
    file.toFile().deleteOnExit();
    return file;
  }

  private static Path jar(Path classes) {
    try {
      Path jar = temporary("classes.jar");
      try (var out = new JarOutputStream(Files.newOutputStream(jar));
          var files = Files.walk(classes)) {
        for (Path file : files.skip(1).toList()) {
          // With its folders: a list of beans is looked for as one.
          boolean folder = Files.isDirectory(file);
          String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
          out.putNextEntry(new ZipEntry(folder ? name + "/" : name));
          if (!folder) {
            Files.copy(file, out);
          }
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() throws IOException {
    Instant deadline = Instant.now().plus(START);
    while (!Files.readString(log).contains("worker is ready")) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        String said = Files.readString(log);
        kill();
        throw new AssertionError("the worker did not start:\n" + said);
      }
      TestSite.pause();
    }
  }

  /** Where its HTTP API is. */
  String url() {
    var said = Pattern.compile("worker is ready; HTTP API at (\\S+)").matcher(said());
    if (!said.find()) {
      throw new IllegalStateException("it serves nothing:\n" + said());
    }
    return said.group(1);
  }

  /** Everything it said. */
  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGSTOP: its connections stay, and nobody answers on them. */
  void freeze() {
    signal("STOP");
  }

  /** It goes on as if no time had passed. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      assertThat(code).as("kill -" + name).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }
}
