package dev.rubicon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of the runbooks' READMEs say for each step what shows it. What they name is there: a
 * test, one of its methods, a check or a key of the runbook, or what the reference calls so.
 */
final class StepTablesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern NAMED = Pattern.compile("`([^`]+)`");
  private static final Pattern TEST = Pattern.compile("([A-Z]\\w*Test)(?:\\.(\\w+)…?)?");
  private static final Pattern METHOD = Pattern.compile("([a-z]+[A-Z]\\w*)…?");
  private static final Pattern CHECK = Pattern.compile("[a-z0-9]+(?:-[a-z0-9*…]+)+");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "checks-canonical",
        "owner-canonical",
        "prisma-baseline",
        "grow-cycle",
        "plant-schema"
      })
  void whatIsNamedIsThere(String runbook) throws IOException {
    Path folder = ROOT.resolve("runbooks").resolve(runbook);
    var named = new Named(Files.readString(folder.resolve("runbook.yaml")));
    List<String> rows = rows(Files.readString(folder.resolve("README.md")));
    assertThat(rows).hasSizeGreaterThan(15);
    assertThat(rows.stream().flatMap(row -> named.missing(row).stream())).isEmpty();
    assertThat(named.found).as("tests, methods, checks").isGreaterThan(4);
  }

  @Test
  void whatIsNotThereIsFound() throws IOException {
    var named = new Named("smoke:\n  - name: a-check-of-ours\n");
    assertThat(
            named.missing(
                "| 1 | `NobodysTest`, `StepTablesTest.whatNobodyWrote…`, `StepTablesTest.whatIs…`,"
                    + " `aMethodOfNobody…` | `a-check-of-ours`, `a-check-of-nobody` |"))
        .containsExactly(
            "NobodysTest",
            "StepTablesTest.whatNobodyWrote…",
            "aMethodOfNobody…",
            "a-check-of-nobody");
  }

  private static List<String> rows(String readme) {
    return readme.lines().filter(line -> line.startsWith("| ")).toList();
  }

  /** What a runbook's README may name. */
  private static final class Named {
    private final String runbook;
    private final TreeMap<String, String> tests = new TreeMap<>();
    private final String reference;
    private int found;

    Named(String runbook) throws IOException {
      this.runbook = runbook;
      try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
        var text = new StringBuilder();
        for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
          text.append(Files.readString(page));
        }
        this.reference = text.toString();
      }
      for (String module : List.of("stack", "workflows", "activities", "worker", "demo")) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
          for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
            tests.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
          }
        }
      }
    }

    List<String> missing(String row) {
      var missing = new ArrayList<String>();
      for (MatchResult name : NAMED.matcher(row).results().toList()) {
        if (!isThere(name.group(1))) {
          missing.add(name.group(1));
        }
      }
      return missing;
    }

    private boolean isThere(String name) {
      var test = TEST.matcher(name);
      if (test.matches()) {
        String text = tests.get(test.group(1));
        found++;
        return text != null && (test.group(2) == null || hasMethod(text, test.group(2)));
      }
      var method = METHOD.matcher(name);
      if (method.matches()) {
        found++;
        return tests.values().stream().anyMatch(text -> hasMethod(text, method.group(1)));
      }
      if (CHECK.matcher(name).matches()) {
        found++;
        String plain = name.replaceAll("[*…].*", "");
        return runbook.contains(plain) || reference.contains(plain);
      }
      return true;
    }

    private static boolean hasMethod(String text, String begins) {
      return Pattern.compile("\\b" + Pattern.quote(begins) + "\\w*\\(").matcher(text).find();
    }
  }
}
