package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.none;

import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.rollout.Phase;
import java.util.List;
import java.util.OptionalDouble;

/**
 * For how long clients may have waited for Rubicon's locks: one line per lock, for all attempts.
 * Each attempt stands in the evidence of its phase.
 */
final class LockSection {
  private final List<Recorded> entries;

  LockSection(Report report) {
    this.entries =
        report.evidence().stream()
            .map(Recorded::of)
            .filter(recorded -> LocksTaken.speaksOf(recorded.said()))
            .toList();
  }

  /**
   * @param entry as it stands in the ledger
   * @param said with the phase, round and name of the phase that recorded it, be it on the clone
   */
  private record Recorded(EvidenceEntry entry, EvidenceEntry said, boolean rehearsed) {
    static Recorded of(EvidenceEntry entry) {
      boolean rehearsed = entry.phase().equals(Phase.REHEARSE.word());
      EvidenceEntry said = rehearsed ? entry.onClone().orElse(entry) : entry;
      return new Recorded(entry, said, rehearsed);
    }

    List<Line> lines() {
      String phase = said.phase() + (said.round() > 1 ? ", round " + said.round() : "");
      return LocksTaken.of(said).stream().map(lock -> new Line(rehearsed, phase, lock)).toList();
    }
  }

  private record Line(boolean rehearsed, String phase, LocksTaken lock) {}

  String html() {
    if (entries.isEmpty()) {
      return none("No phase recorded a lock.");
    }
    var lines = entries.stream().flatMap(entry -> entry.lines().stream()).toList();
    var target = lines.stream().filter(line -> !line.rehearsed()).toList();
    var clone = lines.stream().filter(Line::rehearsed).toList();
    var out = new StringBuilder();
    if (!target.isEmpty()) {
      out.append(table(target));
    }
    entries.stream()
        .filter(recorded -> !recorded.rehearsed() && recorded.lines().isEmpty())
        .forEach(recorded -> out.append(EvidenceSections.evidence(recorded.entry())));
    if (!clone.isEmpty()) {
      out.append("<details><summary>On the clone, in rehearsal: ")
          .append(clone.size())
          .append(clone.size() == 1 ? " lock" : " locks")
          .append(", longest ")
          .append(
              milliseconds(
                  clone.stream().mapToDouble(line -> line.lock().longest()).max().orElse(0)))
          .append("</summary>")
          .append(table(clone))
          .append("</details>");
    }
    return out.toString();
  }

  /** Milliseconds of the longest attempt on the target: no client waited longer for it. */
  OptionalDouble longest() {
    return entries.stream()
        .filter(recorded -> !recorded.rehearsed())
        .flatMap(recorded -> recorded.lines().stream())
        .mapToDouble(line -> line.lock().longest())
        .max();
  }

  private static String table(List<Line> lines) {
    var out = new StringBuilder("<div class=\"wide\"><table><thead><tr><th>phase</th>");
    out.append("<th>what</th><th class=\"num\">attempts</th><th class=\"num\">gave way</th>");
    out.append("<th class=\"num\">longest</th><th>held up by</th></tr></thead><tbody>");
    for (Line line : lines) {
      LocksTaken lock = line.lock();
      out.append("<tr><td>").append(esc(line.phase())).append("</td><td>");
      out.append(esc(lock.what())).append("</td><td class=\"num\">");
      out.append(lock.attempts().size());
      out.append("</td><td class=\"num\">").append(lock.gaveWay() == 0 ? "" : lock.gaveWay());
      out.append("</td><td class=\"num\">").append(milliseconds(lock.longest()));
      out.append("</td><td>").append(esc(String.join(", ", lock.blockers()))).append("</td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String milliseconds(double value) {
    return Markup.number(Math.rint(value)) + " ms";
  }
}
