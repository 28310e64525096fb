package dev.rubicon.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest; part of what an approval binds. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"rubicon " + text() + " (Java " + Runtime.version().feature() + ")"};
  }

  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
