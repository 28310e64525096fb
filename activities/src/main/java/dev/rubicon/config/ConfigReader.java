package dev.rubicon.config;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.yaml.Problem;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Reads {@code rubicon.yaml}, as strictly as runbooks, and resolves its secrets on the spot. */
public final class ConfigReader {
  private ConfigReader() {}

  /**
   * @param environment usually {@code System.getenv()}
   * @throws RubiconException CONFIG_INVALID with every problem, or SECRET_IN_CONFIG when one of
   *     them is a secret in the clear
   */
  public static RubiconConfig read(Path file, Map<String, String> environment) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.CONFIG_INVALID,
          "the configuration " + file + " cannot be read",
          "write it (docs/runbook.md has an example), or name another file with --config",
          e);
    }
    var reading = new Reading(ErrorCode.CONFIG_INVALID, file.toString(), new TreeSet<>());
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    var shape = new ConfigShape(new ConfigValues(environment, folder));
    Optional<RubiconConfig> config =
        YamlFile.parse(content, reading).flatMap(root -> shape.config().decode(root, reading));
    List<Problem> problems = reading.problems();
    if (!problems.isEmpty() || config.isEmpty()) {
      boolean secret = problems.stream().anyMatch(p -> p.code() == ErrorCode.SECRET_IN_CONFIG);
      throw new RubiconException(
          secret ? ErrorCode.SECRET_IN_CONFIG : ErrorCode.CONFIG_INVALID,
          String.join("\n", problems.stream().map(Problem::toString).toList()),
          secret
              ? "move the secret out of the file, change it if the file was shared, then: rubicon"
                  + " doctor"
              : "mend what is named, then: rubicon doctor");
    }
    return config.get();
  }
}
