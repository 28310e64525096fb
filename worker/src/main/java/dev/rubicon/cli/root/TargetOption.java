package dev.rubicon.cli.root;

import picocli.CommandLine.Option;

/** Which rollout is meant: a target has at most one. */
public final class TargetOption {
  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      description = "Target in rubicon.yaml (default: the only one there).")
  private String name;

  /** As given; null when left out. */
  public String named() {
    return name;
  }
}
