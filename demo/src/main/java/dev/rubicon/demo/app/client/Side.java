package dev.rubicon.demo.app.client;

/** Which version of the schema a write speaks to. */
public enum Side {
  OLD,
  NEW
}
