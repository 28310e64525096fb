package dev.rubicon.demo;

import dev.rubicon.cli.Main;
import java.util.List;

/** The product's command line, and {@code demo}, of which the product knows nothing. */
public final class DemoMain {
  private DemoMain() {}

  public static void main(String[] args) {
    Main.start(List.of(new DemoCommand()), args);
  }
}
