package dev.rubicon.config;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.postgres.Secret;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.Scalars;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Values that may come from outside the file: {@code ${NAME}} from the environment anywhere in a
 * text, and secrets, which must come from there or from a file of their own.
 */
final class ConfigValues {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Passwords in URLs: userinfo, or what drivers take as a parameter. */
  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile(
          "(?i)[?&;](password|sslpassword|pass|secret|token|api[-_]?key)=|//[^/@?]*:[^/@?]*@");

  private final Map<String, String> environment;
  private final Path folder;

  /**
   * @param folder paths in the file are relative to it
   */
  ConfigValues(Map<String, String> environment, Path folder) {
    this.environment = Map.copyOf(environment);
    this.folder = folder;
  }

  /** Text with its variables replaced. */
  Decoder<String> text() {
    Decoder<String> text = Scalars.text();
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading)
                .flatMap(written -> replaced(written, node, reading))
                .filter(value -> notBlank(value, node, reading)));
  }

  /** Text that may be empty, with its variables replaced. */
  Decoder<String> anyText() {
    Decoder<String> text = Scalars.anyText();
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading).flatMap(written -> replaced(written, node, reading)));
  }

  /** Text of a form, after its variables are replaced; the value itself is not shown. */
  Decoder<String> matching(String pattern, String what) {
    Pattern compiled = Pattern.compile(pattern);
    Decoder<String> text = text();
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading)
                .filter(
                    value -> {
                      if (PASSWORD_IN_URL.matcher(value).find()) {
                        reading.problem(
                            ErrorCode.SECRET_IN_CONFIG,
                            node,
                            "the URL holds a password: give it as a key of its own, as ${NAME} or"
                                + " file:path");
                        return false;
                      }
                      boolean matches = compiled.matcher(value).find();
                      if (!matches) {
                        reading.problem(node, "is not " + what);
                      }
                      return matches;
                    }));
  }

  Decoder<URI> uri() {
    Decoder<String> text = matching("^https?://[^\\s/]+\\S*$", "an http:// or https:// URL");
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading)
                .flatMap(
                    value -> {
                      try {
                        return Optional.of(new URI(value));
                      } catch (java.net.URISyntaxException e) {
                        reading.problem(node, "is not a URL");
                        return Optional.empty();
                      }
                    }));
  }

  /** A path, relative to the file's folder. */
  Decoder<Path> path() {
    Decoder<String> text = text();
    return Decoder.of(
        text::schema,
        (node, reading) ->
            text.decode(node, reading)
                .flatMap(
                    value -> {
                      try {
                        return Optional.of(folder.resolve(value));
                      } catch (InvalidPathException e) {
                        reading.problem(node, "is not a path");
                        return Optional.empty();
                      }
                    }));
  }

  /** {@code ${NAME}} or {@code file:path}; anything else is refused, and never repeated. */
  Decoder<Secret> secret() {
    return Decoder.of(
        definitions -> Scalars.text().schema(definitions),
        (node, reading) -> {
          // Not Scalars.text(): a literal that YAML takes for a number is still a literal secret.
          if (!(node instanceof org.yaml.snakeyaml.nodes.ScalarNode scalar)
              || scalar.getValue().isBlank()) {
            reading.problem(node, "must be ${NAME} or file:path");
            return Optional.empty();
          }
          String written = scalar.getValue();
          Matcher variable = VARIABLE.matcher(written);
          if (variable.matches()) {
            return replaced(written, node, reading)
                .filter(value -> notBlank(value, node, reading))
                .map(Secret::new);
          }
          if (written.startsWith("file:")) {
            return fromFile(written.substring("file:".length()), node, reading);
          }
          reading.problem(
              ErrorCode.SECRET_IN_CONFIG,
              node,
              "a secret stands here in the clear: write ${NAME} for an environment variable, or"
                  + " file:path");
          return Optional.empty();
        });
  }

  /**
   * A secret, or {@code sha256:} and its hash, which may stand in the clear: nobody can send it.
   */
  Decoder<Secret> secretOrHash() {
    Decoder<Secret> secret = secret();
    return Decoder.of(
        secret::schema,
        (node, reading) ->
            node instanceof org.yaml.snakeyaml.nodes.ScalarNode scalar
                    && scalar.getValue().matches("sha256:[0-9a-f]{64}")
                ? Optional.of(new Secret(scalar.getValue()))
                : secret.decode(node, reading));
  }

  private Optional<Secret> fromFile(String path, Node node, Reading reading) {
    try {
      String content = Files.readString(folder.resolve(path)).stripTrailing();
      return Optional.of(content).filter(value -> notBlank(value, node, reading)).map(Secret::new);
    } catch (IOException | InvalidPathException e) {
      reading.problem(
          node, "the file " + path + " cannot be read (" + e.getClass().getSimpleName() + ")");
      return Optional.empty();
    }
  }

  private Optional<String> replaced(String written, Node node, Reading reading) {
    Matcher matcher = VARIABLE.matcher(written);
    var value = new StringBuilder();
    boolean whole = true;
    while (matcher.find()) {
      String name = matcher.group(1);
      if (!NAME.matcher(name).matches()) {
        reading.problem(node, "'${" + name + "}' is no environment variable's name");
        whole = false;
      } else if (!environment.containsKey(name)) {
        reading.problem(node, "the environment variable " + name + " is not set");
        whole = false;
      }
      matcher.appendReplacement(
          value, Matcher.quoteReplacement(environment.getOrDefault(name, "")));
    }
    matcher.appendTail(value);
    return whole ? Optional.of(value.toString()) : Optional.empty();
  }

  private static boolean notBlank(String value, Node node, Reading reading) {
    if (value.isBlank()) {
      reading.problem(node, "what it refers to is empty");
    }
    return !value.isBlank();
  }
}
