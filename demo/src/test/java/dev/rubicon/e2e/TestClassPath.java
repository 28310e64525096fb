package dev.rubicon.e2e;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a process of its own needs to run the product as this test has it. */
public final class TestClassPath {
  private TestClassPath() {}

  /** Of the JVM and of a runner that keeps the tests in a class loader of its own. */
  static Set<String> entries() {
    var entries = new LinkedHashSet<String>();
    if (TestClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
      for (URL url : loader.getURLs()) {
        try {
          entries.add(Path.of(url.toURI()).toString());
        } catch (URISyntaxException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    entries.addAll(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
    return entries;
  }

  public static String text() {
    return String.join(File.pathSeparator, entries());
  }
}
