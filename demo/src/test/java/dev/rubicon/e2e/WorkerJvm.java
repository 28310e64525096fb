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
import java.util.Optional;
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

  /** An orderly end, and for a learner the writing of what it learned. */
  private static final Duration END = Duration.ofSeconds(30);

  private static final Duration WRITE = Duration.ofMinutes(5);

  private final Process process;
  private final Path log;
  private final Optional<Path> learns;

  private WorkerJvm(Process process, Path log, Optional<Path> learns) {
    this.process = process;
    this.log = log;
    this.learns = learns;
  }

  /** What {@link #learner} found out; empty until one has ended. */
  private static Optional<Path> learned = Optional.empty();

  private static synchronized Optional<Path> learned() {
    return learned;
  }

  /**
   * For tests that start many: when this one ends the JVM writes down the classes that it needed,
   * and those that start later take them from there in a third of the time. The more it has done,
   * the less they read.
   */
  static WorkerJvm learner(TestSite site) {
    if (learned().isPresent()) {
      return start(site);
    }
    try {
      Path file = temporary("worker.aot");
      WorkerJvm worker = start(site, List.of("-XX:AOTCacheOutput=" + file));
      return new WorkerJvm(worker.process, worker.log, Optional.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that starts and ends. The site has no rollout yet that it could touch. */
  static void learn(TestSite site) {
    if (learned().isEmpty()) {
      learner(site).close();
    }
  }

  /** Returns once it polls. */
  static WorkerJvm start(TestSite site) {
    return start(
        site,
        learned()
            .map(
                file ->
                    List.of(
                        "-XX:AOTCache=" + file,
                        // The learner has verified these classes.
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote"))
            .orElse(List.of()));
  }

  /**
   * @param options of the JVM
   */
  static WorkerJvm start(TestSite site, List<String> options) {
    return start(site, options, classPath(), List.of("--http", "off"));
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
              // It lives for seconds: what matters is how soon it is there. No option about native
              // access, which costs a warning: what is learned with one is not taken whole.
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
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
      var worker = new WorkerJvm(process, log, Optional.empty());
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
    Duration patience = learns.isPresent() ? WRITE : END;
    try {
      if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        kill();
      } else {
        learns.filter(Files::exists).ifPresent(WorkerJvm::remember);
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  private static synchronized void remember(Path file) {
    learned = Optional.of(file);
  }
}
