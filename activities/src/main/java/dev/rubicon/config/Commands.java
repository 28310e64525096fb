package dev.rubicon.config;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;

/**
 * Whether programs that a runbook or a command line names may be run on this machine: they can do
 * what the worker's user can.
 */
public enum Commands {
  REFUSE,
  ALLOW;

  public boolean allowed() {
    return this == ALLOW;
  }

  /**
   * @param what would be run, by where it stands
   * @throws RubiconException COMMAND_NOT_ALLOWED
   */
  public void require(String what) {
    if (this == REFUSE) {
      throw new RubiconException(
          ErrorCode.COMMAND_NOT_ALLOWED,
          what + " is a program to be run on this machine, and rubicon.yaml does not allow that",
          "where you trust it: commands: allow in rubicon.yaml, here and on the workers");
    }
  }
}
