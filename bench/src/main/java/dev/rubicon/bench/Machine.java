package dev.rubicon.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Where and with what a run was made.
 *
 * @param load the system's load average of a minute when it began: what else it had to do
 * @param settings of the server that are not PostgreSQL's defaults
 */
public record Machine(
    String day,
    String commit,
    int cores,
    String processor,
    long memoryMegabytes,
    double load,
    String postgres,
    String java,
    Map<String, String> settings) {

  static Machine here(World world) {
    return new Machine(
        LocalDate.now(ZoneOffset.UTC).toString(),
        System.getProperty("rubicon.commit", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        line("/proc/cpuinfo", "model name"),
        memory(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        world.one("postgres", "SHOW server_version"),
        Runtime.version().toString(),
        World.SETTINGS);
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() / 1_000_000
        : 0;
  }

  private static String line(String file, String key) {
    try {
      return Files.exists(Path.of(file))
          ? Files.readAllLines(Path.of(file)).stream()
              .filter(line -> line.startsWith(key))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse("unknown")
          : System.getProperty("os.arch");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
