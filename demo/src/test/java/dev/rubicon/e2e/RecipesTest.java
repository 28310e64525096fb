package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.cli.Answer;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each page of {@code docs/recipes} does what it says, typed as it stands. */
@Turn
@Tag("rollout")
@Timeout(300)
final class RecipesTest {
  private static final Path PAGES = Path.of("..", "docs", "recipes");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Pattern BLOCK =
      Pattern.compile(
          "```(sql|yaml|sh)\n(?:(?:--|#) ([\\w/]+(?:\\.\\w+)?)\n)?(.*?)```", Pattern.DOTALL);

  /**
   * @param file its first line: where the text belongs, or {@code after}, {@code refused}
   */
  private record Block(String kind, String file, String text) {
    static Block of(MatchResult found) {
      return new Block(
          found.group(1), found.group(2) == null ? "" : found.group(2), found.group(3));
    }
  }

  static List<String> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("README.md"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void doesWhatItSays(String page) throws IOException, SQLException {
    List<Block> blocks =
        BLOCK.matcher(Files.readString(PAGES.resolve(page))).results().map(Block::of).toList();
    // With the policy that `rubicon up` writes.
    try (var site =
            TestSite.start(
                10, TemporalChoice.IN_PROCESS, (_, text) -> text.replace("gates: [], ", ""));
        var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      Path folder = Files.createDirectories(site.folder.resolve("recipe"));
      var typed = new ArrayList<String>();
      var asked = new ArrayList<String>();
      for (Block block : blocks) {
        if (block.kind().equals("sh")) {
          for (String line : block.text().lines().toList()) {
            type(site, folder, line);
            typed.add(line);
          }
        } else if (block.file().equals("after")) {
          asked.add(block.text());
          answers(site, block.text());
        } else if (block.file().equals("refused")) {
          refuses(site, block.text());
        } else if (block.file().isEmpty()) {
          run(site, block.text());
        } else {
          Path file = folder.resolve(block.file());
          Files.createDirectories(file.getParent());
          Files.writeString(file, hurried(block.text()));
        }
      }
      assertThat(typed).hasSizeGreaterThanOrEqualTo(4);
      assertThat(asked).isNotEmpty();
    }
  }

  /** The index of the pages says how much each asks for. */
  @Test
  void theIndexCountsWhatIsThere() throws IOException {
    String index = Files.readString(PAGES.resolve("README.md"));
    for (String page : pages()) {
      List<Block> files =
          BLOCK
              .matcher(Files.readString(PAGES.resolve(page)))
              .results()
              .map(Block::of)
              .filter(block -> block.file().contains("."))
              .toList();
      long lines =
          files.stream()
              .filter(file -> file.kind().equals("yaml"))
              .flatMap(file -> file.text().lines())
              .count();
      assertThat(index).contains("](" + page + ") | " + files.size() + " | " + lines + " |");
    }
  }

  private static void type(TestSite site, Path folder, String line) {
    List<String> words = new ArrayList<>();
    Pattern.compile("\"([^\"]*)\"|(\\S+)")
        .matcher(line)
        .results()
        .forEach(word -> words.add(word.group(1) != null ? word.group(1) : word.group(2)));
    assertThat(words.removeFirst()).isEqualTo("rubicon");
    words.replaceAll(word -> word.equals(".") ? folder.toString() : word);
    boolean approves = words.getFirst().equals("approve");
    if (approves) {
      var gate = Runbook.Gate.valueOf(words.get(2).toUpperCase(Locale.ROOT));
      String digest = site.awaitGate(gate).digest().orElseThrow();
      words.replaceAll(word -> word.equals("DIGEST") ? digest : word);
    }
    Answer answer = Answer.of(site.configFile, words.toArray(String[]::new));
    // A plan's exit says that the target differs from what the runbook leads to.
    assertThat(answer.exit())
        .as(line + "\n" + answer.out() + answer.err())
        .isEqualTo(words.getFirst().equals("plan") ? ErrorCode.Exit.DIFFERENCES : 0);
    if (approves && !words.get(2).equals("expand") || line.equals("rubicon status")) {
      site.await("its end", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
    }
  }

  /**
   * The watch and the quiet period last seconds, also where the page leaves them to their defaults.
   */
  private static String hurried(String text) {
    String written = text.replace("24h", "2s, every: 1s").replace("7d", "0s");
    boolean runbook = text.startsWith("rubicon: 1");
    return written
        + (runbook && !text.contains("\nwatch:") ? "watch: {duration: 2s, every: 1s}\n" : "")
        + (runbook && !text.contains("\ncontract:") ? "contract: {quiet-period: 0s}\n" : "");
  }

  /** The last line is what comes of the statement. */
  private static void answers(TestSite site, String text) {
    List<String> lines = text.strip().lines().toList();
    String sql = String.join("\n", lines.subList(0, lines.size() - 1));
    assertThat("-- " + site.ask("heretix", sql)).as(sql).isEqualTo(lines.getLast());
  }

  /** The last line is the SQLSTATE. */
  private static void refuses(TestSite site, String text) {
    List<String> lines = text.strip().lines().toList();
    String sql = String.join("\n", lines.subList(0, lines.size() - 1));
    assertThatThrownBy(() -> run(site, sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat("-- " + e.getSQLState()).isEqualTo(lines.getLast()));
  }

  private static void run(TestSite site, String sql) throws SQLException {
    try (var connection = site.database.connect("recipe");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
