package dev.rubicon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.e2e.TestClassPath;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends demo or up in the middle, none of their processes outlives them. */
@Turn(2)
@Tag("kill")
@Timeout(300)
final class SignalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir private Path folder;

  @Test
  void ctrlCInTheMiddleOfTheDemoLeavesNoProcessBehind() throws Exception {
    ended(
        "backup       …",
        "INT",
        "demo",
        "--rows",
        "2000",
        "--temporal",
        "in-process",
        "--state-dir",
        folder.resolve("state").toString());
  }

  @Test
  void aTerminatedUpLeavesNoProcessBehind() throws Exception {
    ended(
        "ready. next",
        "TERM",
        "--config",
        folder.resolve("rubicon.yaml").toString(),
        "up",
        "--temporal",
        "in-process",
        "--state-dir",
        folder.resolve("state").toString());
  }

  private void ended(String when, String signal, String... arguments) throws Exception {
    Path said = folder.resolve("said.log");
    var command = new ArrayList<String>();
    // A session of its own: as in a terminal, Ctrl-C reaches every process of the group.
    command.add("setsid");
    // A build in the background ignores SIGINT, and so would what it starts.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It and its children, who take its flags, live for seconds.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Drubicon.home=" + Path.of("..").toAbsolutePath().normalize());
    command.addAll(List.of("-cp", TestClassPath.text(), DemoMain.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      until(() -> Files.readString(said).contains(when) || !process.isAlive());
      assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
      List<ProcessHandle> family = process.descendants().toList();
      assertThat(family).as("PostgreSQL at least").isNotEmpty();

      String whom = (signal.equals("INT") ? "-" : "") + process.pid();
      assertThat(new ProcessBuilder("kill", "-s", signal, "--", whom).start().waitFor()).isZero();

      until(() -> !process.isAlive());
      assertThat(process.exitValue()).isNotZero();
      until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
      until(() -> naming(folder).isEmpty());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.waitFor(30, TimeUnit.SECONDS);
    }
  }

  /** Processes whose command line names the folder. */
  private static List<String> naming(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.pid() != ProcessHandle.current().pid())
        .map(p -> commandLine(p.pid()))
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).replace('\0', ' ');
    } catch (IOException gone) {
      return "";
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void until(Condition condition) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      assertThat(Instant.now()).as("deadline").isBefore(deadline);
      Thread.sleep(100);
    }
  }
}
