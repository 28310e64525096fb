package dev.rubicon.doctor;

import dev.rubicon.error.RubiconException;

/**
 * What one check of {@code rubicon doctor} found.
 *
 * @param name e.g. {@code target prod: privileges}
 * @param what what was found
 * @param next what to do about it; empty when all is well
 */
public record Diagnosis(String name, Verdict verdict, String what, String next) {

  /** How bad it is; a check that could not be made is a warning. */
  public enum Verdict {
    OK,
    WARNING,
    FAILED
  }

  static Diagnosis ok(String name, String what) {
    return new Diagnosis(name, Verdict.OK, what, "");
  }

  static Diagnosis warning(String name, String what, String next) {
    return new Diagnosis(name, Verdict.WARNING, what, next);
  }

  static Diagnosis failed(String name, RubiconException e) {
    return new Diagnosis(name, Verdict.FAILED, e.code() + ": " + e.getMessage(), e.next());
  }
}
