package dev.rubicon.demo;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;

/** The demo did not show what it is to show. */
final class DemoFailure {
  private DemoFailure() {}

  static RubiconException because(String cause, String next) {
    return new RubiconException(ErrorCode.DEMO_FAILED, cause, next);
  }
}
