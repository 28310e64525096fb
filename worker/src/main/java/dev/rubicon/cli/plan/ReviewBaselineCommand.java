package dev.rubicon.cli.plan;

import dev.rubicon.baseline.BaselineReview;
import dev.rubicon.baseline.BaselineReview.Reviewed;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.OutputFile;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Shown;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon review-baseline}. */
@Command(
    name = "review-baseline",
    description = {
      "Reads a baseline script statement by statement and writes a cleaned one next to it, with"
          + " what was left out and why. Connects to nothing.",
      "Left out: settings, owners, comments on extensions, transactions, a migration tool's own"
          + " table, what is there twice, and what takes something away (DROP, TRUNCATE, another"
          + " type). Exits 2 where something takes away: keep it with --keep LINE, or leave it."
    })
public final class ReviewBaselineCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Parameters(paramLabel = "FILE", description = "The script, e.g. baseline.sql.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it (default: FILE with .cleaned.sql at its end).")
  private Path out;

  @Option(
      names = "--keep",
      paramLabel = "LINE",
      split = ",",
      description = "Lines whose statements stay; the file's own numbers, with commas between.")
  private List<Integer> keep = List.of();

  @Override
  public Integer call() {
    BaselineReview review = BaselineReview.of(file.toString(), read(), new HashSet<>(keep));
    Path to = out != null ? out : beside(file);
    OutputFile.write(to, review.cleaned());
    root.answer(
        Map.of("cleaned", to.toAbsolutePath().toString(), "statements", review.statements()),
        () -> text(review, to));
    return review.destroying().isEmpty() ? ErrorCode.Exit.DONE : ErrorCode.Exit.DIFFERENCES;
  }

  private String read() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.USAGE,
          file + " cannot be read: " + e.getClass().getSimpleName(),
          "name a script of SQL in UTF-8",
          e);
    }
  }

  private static Path beside(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.sql$", "");
    return file.resolveSibling(name + ".cleaned.sql");
  }

  private String text(BaselineReview review, Path to) {
    var table = new Table("line", "", "why", "statement");
    for (Reviewed one : review.statements()) {
      table.row(
          Integer.toString(one.line()),
          one.stays() ? "stays" : one.destroys() ? "LEFT OUT" : "left out",
          one.why(),
          Shown.text(one.brief()));
    }
    return table.text(Paint.of(root.console())) + "\n\n" + to.toAbsolutePath();
  }
}
