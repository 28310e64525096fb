package dev.rubicon.demo.app.client;

/** Which version of the schema a write uses. */
public enum Side {
  OLD,
  NEW
}
