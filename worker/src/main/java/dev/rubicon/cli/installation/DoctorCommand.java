package dev.rubicon.cli.installation;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.doctor.Diagnosis;
import dev.rubicon.doctor.Doctor;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon doctor}. */
@Command(
    name = "doctor",
    description = {
      "Examines everything that Rubicon depends on, and says what to do about what is wrong.",
      "Changes nothing but a probe object in the bucket. Exits 1 when a check failed."
    })
public final class DoctorCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Option(
      names = "--runbook",
      paramLabel = "DIR",
      description = "Examine the privileges that this runbook needs, too.")
  private Path folder;

  @Override
  public Integer call() {
    Optional<Runbook> runbook =
        Optional.ofNullable(folder)
            .map(dir -> RunbookReader.read(dir.toAbsolutePath().normalize()).runbook());
    List<Diagnosis> found = Doctor.examine(root.config(), runbook);
    long failed = found.stream().filter(d -> d.verdict() == Diagnosis.Verdict.FAILED).count();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("healthy", failed == 0);
    answer.put("checks", found);
    root.answer(answer, () -> text(found, failed));
    return failed == 0 ? ErrorCode.Exit.DONE : ErrorCode.Exit.ERROR;
  }

  private String text(List<Diagnosis> found, long failed) {
    var paint = Paint.of(root.console());
    int width = found.stream().mapToInt(d -> d.name().length()).max().orElse(0);
    var text = new StringBuilder();
    for (Diagnosis d : found) {
      text.append(mark(d.verdict(), paint))
          .append("  ")
          .append(d.name())
          .append(" ".repeat(width - d.name().length() + 2))
          .append(d.what())
          .append('\n');
      if (!d.next().isEmpty()) {
        text.append(" ".repeat(9)).append("next: ").append(d.next()).append('\n');
      }
    }
    return text.append(failed == 0 ? "healthy" : failed + " of " + found.size() + " checks failed")
        .toString();
  }

  /** Seven wide. */
  private static String mark(Diagnosis.Verdict verdict, Paint paint) {
    return switch (verdict) {
      case OK -> paint.good("ok     ");
      case WARNING -> paint.wait("warning");
      case FAILED -> paint.bad("FAILED ");
    };
  }
}
