package dev.rubicon.demo.checks.client;

/** Which version of the schema a write speaks to. */
public enum Side {
  OLD,
  NEW
}
