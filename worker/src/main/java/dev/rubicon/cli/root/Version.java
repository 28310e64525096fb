package dev.rubicon.cli.root;

import dev.rubicon.rollout.Tool;
import picocli.CommandLine.IVersionProvider;

/** The version that workers report and approvals bind, and the Java that runs it. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"rubicon " + Tool.VERSION + " (Java " + Runtime.version().feature() + ")"};
  }
}
