package dev.rubicon.repair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Runs a script as an owner would. */
final class Psql {
  private Psql() {}

  static void run(Target target, String script) throws IOException, InterruptedException {
    URI uri = URI.create(target.url().substring("jdbc:".length()));
    var process =
        new ProcessBuilder(
            "psql",
            "-X",
            "-q",
            "-h",
            uri.getHost(),
            "-p",
            Integer.toString(uri.getPort()),
            "-U",
            target.user(),
            "-d",
            uri.getPath().substring(1));
    process.environment().put("PGPASSWORD", target.password().reveal());
    var running = process.redirectErrorStream(true).start();
    try (var input = running.getOutputStream()) {
      input.write(script.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(running.waitFor()).as(output).isZero();
  }
}
