package dev.rubicon.cli.rollout;

import picocli.CommandLine.Option;

/** Why; it stands in the audit trail. */
final class ReasonOption {
  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      required = true,
      description = "Why; it stands in the audit trail.")
  private String text;

  String text() {
    return text;
  }
}
