package dev.rubicon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.cli.terminal.Console;
import dev.rubicon.client.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** What a command answered. */
public record Answer(int exit, String out, String err) {

  /** Runs a command as a person would type it. */
  public static Answer of(Path config, String... arguments) {
    return as(Map.of(), config, arguments);
  }

  public static Answer as(Map<String, String> environment, Path config, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment);
    int exit =
        Main.run(
            console,
            Stream.concat(Stream.of("-c", config.toString()), Stream.of(arguments))
                .toArray(String[]::new));
    return new Answer(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  JsonNode json() {
    return parse(out);
  }

  /** The last line on stderr; progress stands before it. */
  JsonNode error() {
    return parse(err.strip().lines().reduce((first, last) -> last).orElse("{}"));
  }

  static JsonNode parse(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }
}
