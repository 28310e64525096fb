package dev.rubicon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What /proc tells of a process that has read its secrets. */
class OwnEnvironmentTest {

  /** The process that is looked at. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] configuration) throws IOException {
      OwnEnvironment.forget(OwnEnvironment.secrets(configuration[0]));
      System.out.write(Files.readAllBytes(Path.of("/proc/self/environ")));
      System.out.write(("java=" + System.getenv("PROD_PASSWORD")).getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSecretThatWasReadIsNoLongerShown() throws IOException {
    String secret = "s3cr3t-of-production";

    assertThat(environment("password: \"${OTHER}\"", secret)).contains("PROD_PASSWORD=" + secret);
    assertThat(environment("password: \"${PROD_PASSWORD}\"", secret))
        .contains("PROD_PASSWORD=xxxx")
        .doesNotContain("PROD_PASSWORD=" + secret)
        .contains("PLAIN=stays")
        .contains("java=" + secret);
  }

  private static String environment(String configuration, String secret) throws IOException {
    var builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")
                    + ":"
                    + Path.of("target/classes").toAbsolutePath()
                    + ":"
                    + Path.of("target/test-classes").toAbsolutePath(),
                Reader.class.getName(),
                configuration));
    builder.environment().put("PROD_PASSWORD", secret);
    builder.environment().put("PLAIN", "stays");
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
