package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Arguments;
import dev.rubicon.demo.app.Deployer;
import java.io.IOException;

/** The program that deploys the service; its options are those of {@link Deployer}. */
public final class ChecksDeployer {
  private ChecksDeployer() {}

  public static void main(String... words) throws IOException {
    var arguments = Arguments.of(words);
    Deployer.run(arguments, ChecksApplication.services(arguments.has("debug")));
  }
}
