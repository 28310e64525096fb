package dev.rubicon.demo.owner;

import dev.rubicon.demo.app.Arguments;
import dev.rubicon.demo.app.Deployer;
import dev.rubicon.demo.app.Service;
import java.io.IOException;

/** The program that deploys the service; its options are those of {@link Deployer}. */
public final class OwnerDeployer {
  private OwnerDeployer() {}

  /** What a deployer starts. */
  public static Service.Factory services() {
    return OwnerService::new;
  }

  public static void main(String... words) throws IOException {
    Deployer.run(Arguments.of(words), services());
  }
}
