package dev.rubicon.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a {@code rubicon.yaml} for the embedded stack; secrets are references to its files. */
public final class ConfigFile {
  private final EmbeddedStack stack;
  private final Map<String, String> targets = new TreeMap<>();
  private final Map<String, Path> tokens = new TreeMap<>();
  private String heartbeatTimeout = "30s";
  private int httpPort = 8787;
  private boolean commands;
  private boolean runbooksDecide;
  private boolean identity = true;

  public ConfigFile(EmbeddedStack stack) {
    this.stack = stack;
  }

  /** A target in the embedded cluster. */
  public ConfigFile target(String name, String database, Map<String, String> variables) {
    var text = new StringBuilder();
    text.append("  ").append(name).append(":\n");
    text.append("    url: ").append(quoted(stack.postgres().jdbcUrl(database))).append('\n');
    text.append("    user: ").append(stack.user()).append('\n');
    text.append("    password: ").append(reference(stack.user())).append('\n');
    if (!variables.isEmpty()) {
      text.append("    variables:\n");
      new TreeMap<>(variables)
          .forEach(
              (key, value) ->
                  text.append("      ")
                      .append(key)
                      .append(": ")
                      .append(quoted(value))
                      .append('\n'));
    }
    targets.put(name, text.toString());
    return this;
  }

  /** What Rubicon may take of a target that was named before. */
  public ConfigFile allowance(String name, int min, int max, String statementTimeout) {
    targets.computeIfPresent(
        name,
        (_, text) ->
            text
                + "    connections: {min: %d, max: %d}\n    statement-timeout: %s\n"
                    .formatted(min, max, statementTimeout));
    return this;
  }

  /** A principal that a token, kept in a file of the state folder, stands for. */
  public ConfigFile token(String principal, String secret) {
    tokens.put(principal, stack.secretFile(secret));
    return this;
  }

  public ConfigFile heartbeatTimeout(String duration) {
    heartbeatTimeout = duration;
    return this;
  }

  /** Runbooks may run programs, as those of the demo do. */
  public ConfigFile commands() {
    commands = true;
    return this;
  }

  /** Also about gates: what a runbook says is all that is asked. */
  public ConfigFile runbooksDecide() {
    runbooksDecide = true;
    return this;
  }

  /** Only who has a token can be a second person. */
  public ConfigFile onlyVerified() {
    identity = false;
    return this;
  }

  public ConfigFile httpPort(int port) {
    httpPort = port;
    return this;
  }

  public void write(Path file) {
    try {
      Files.writeString(file, text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text() {
    var text = new StringBuilder();
    text.append("# Written by rubicon for its embedded stack. docs/runbook.md has every key.\n");
    text.append("targets:\n");
    targets.values().forEach(text::append);
    text.append(
        """
        staging:
          url: %s
          user: %s
          password: %s
        ledger:
          url: %s
          user: %s
          password: %s
        object-store:
          endpoint: %s
          region: %s
          bucket: %s
          access-key: %s
          secret-key: %s
          path-style: true
        temporal:
          address: %s
          namespace: %s
        """
            .formatted(
                quoted(stack.postgres().jdbcUrl("postgres")),
                stack.user(),
                reference(stack.user()),
                quoted(stack.postgres().jdbcUrl(EmbeddedStack.LEDGER)),
                stack.user(),
                reference(stack.user()),
                quoted(stack.s3().endpoint().toString()),
                stack.s3().region(),
                stack.s3().bucket(),
                stack.s3().accessKey(),
                reference("s3"),
                quoted(stack.temporal().address()),
                stack.temporal().namespace()));
    stack
        .temporal()
        .uiUrl()
        .ifPresent(url -> text.append("  ui-url: ").append(quoted(url)).append('\n'));
    text.append("http:\n  host: 127.0.0.1\n  port: ").append(httpPort).append('\n');
    if (!tokens.isEmpty()) {
      text.append("  tokens:\n");
      tokens.forEach(
          (principal, file) ->
              text.append("    ")
                  .append(principal)
                  .append(": ")
                  .append(quoted("file:" + file))
                  .append('\n'));
    }
    if (identity) {
      text.append("# Whoever uses this machine may say who they are; docs/security.md.\n");
      text.append("identity: trusted-host\n");
    }
    text.append("signing:\n  key: ").append(quoted(stack.signingKey().toString())).append('\n');
    text.append("# One person may try everything here, as far as a runbook says so.\n");
    text.append("ceremony:\n");
    String least = "rehearsal: false, second-person: false}\n";
    if (runbooksDecide) {
      text.append("  unnoticed: {gates: [], ").append(least);
    }
    for (String grade : List.of("reversible", "irreversible")) {
      text.append("  ")
          .append(grade)
          .append(runbooksDecide ? ": {gates: [], " : ": {")
          .append(least);
    }
    if (commands) {
      text.append("commands: allow\n");
    }
    text.append("heartbeat-timeout: ").append(heartbeatTimeout).append('\n');
    return text.toString();
  }

  private String reference(String secret) {
    return quoted("file:" + stack.secretFile(secret));
  }

  /** A YAML scalar in double quotes. */
  private static String quoted(String value) {
    var escaped = value;
    for (String special : List.of("\\", "\"")) {
      escaped = escaped.replace(special, "\\" + special);
    }
    return "\"" + escaped + "\"";
  }
}
