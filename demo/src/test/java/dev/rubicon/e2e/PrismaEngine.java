package dev.rubicon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Prisma's schema engine and its generated client over a copy of the runbook's folder {@code
 * prisma}, behind the script that {@code RealToolsTest} has for it.
 */
record PrismaEngine(Path folder, String url) {
  private static final Path SCRIPT =
      Path.of("../activities/src/test/resources/tools/run.sh").toAbsolutePath().normalize();
  private static final Path SOURCE = Path.of("../runbooks/prisma-baseline/prisma");

  static boolean available() throws IOException, InterruptedException {
    return new ProcessBuilder("bash", SCRIPT.toString(), "prisma", "available").start().waitFor()
        == 0;
  }

  static boolean clientAvailable() throws IOException, InterruptedException {
    return new ProcessBuilder("bash", SCRIPT.toString(), "prisma", "client-available")
            .start()
            .waitFor()
        == 0;
  }

  static PrismaEngine of(Path folder, TestSite site, String database) throws IOException {
    try (var files = Files.walk(SOURCE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = folder.resolve(SOURCE.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    var server = site.stack.postgres();
    return new PrismaEngine(
        folder,
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                database, site.stack.secret(database), server.host(), server.port(), database));
  }

  /** A line more in the models, behind another one, and the migration that the engine drafts. */
  void model(String name, String behind, String line) throws IOException, InterruptedException {
    Path models = folder.resolve("schema.prisma");
    Files.copy(models, folder.resolve("previous.prisma"));
    Files.writeString(models, Files.readString(models).replace(behind, behind + line));
    String script = run("draft");
    Path migration = folder.resolve("migrations/0001_" + name);
    Files.createDirectories(migration);
    Files.writeString(migration.resolve("migration.sql"), script);
  }

  String baseline() throws IOException {
    return Files.readString(folder.resolve("migrations/0000_baseline/migration.sql"));
  }

  /** What it prints; it fails where the engine finds something wrong. */
  String run(String command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("prisma", ".log");
    var builder =
        new ProcessBuilder(List.of("bash", SCRIPT.toString(), "prisma", command))
            .directory(folder.toFile())
            .redirectError(log.toFile());
    builder.environment().put("URL", url);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + output + Files.readString(log));
    }
    Files.delete(log);
    return output.strip();
  }
}
