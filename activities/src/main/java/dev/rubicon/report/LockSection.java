package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.none;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.EvidenceEntry;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * For how long clients may have waited for us: one line per lock that was asked for, however often.
 * Each attempt stands in the evidence of its phase.
 */
final class LockSection {
  private final List<EvidenceEntry> entries;

  LockSection(Report report) {
    this.entries = report.evidence().stream().filter(LockSection::speaksOfLocks).toList();
  }

  private static boolean speaksOfLocks(EvidenceEntry entry) {
    String name = entry.name().toLowerCase(Locale.ROOT);
    // A backup's attempts are snapshots, not locks.
    if (entry.phase().equals(Phase.BACKUP.word())) {
      return false;
    }
    return name.contains("lock")
        || name.contains("stall")
        || name.contains("attempt")
        || entry.value().has("attempts");
  }

  private static boolean rehearsed(EvidenceEntry entry) {
    return entry.phase().equals(Phase.REHEARSE.word());
  }

  String html() {
    if (entries.isEmpty()) {
      return none("No phase recorded a lock.");
    }
    var lines = entries.stream().flatMap(entry -> Line.of(entry).stream()).toList();
    var target = lines.stream().filter(line -> !line.rehearsed()).toList();
    var clone = lines.stream().filter(Line::rehearsed).toList();
    var out = new StringBuilder();
    if (!target.isEmpty()) {
      out.append(table(target));
    }
    entries.stream()
        .filter(entry -> !rehearsed(entry) && Line.of(entry).isEmpty())
        .forEach(entry -> out.append(EvidenceSections.evidence(entry)));
    if (!clone.isEmpty()) {
      out.append("<details><summary>On the clone, in rehearsal: ")
          .append(clone.size())
          .append(clone.size() == 1 ? " lock" : " locks")
          .append(", longest ")
          .append(milliseconds(clone.stream().mapToDouble(Line::longest).max().orElse(0)))
          .append("</summary>")
          .append(table(clone))
          .append("</details>");
    }
    return out.toString();
  }

  /** Milliseconds of the longest attempt on the target: no client waited longer for us. */
  OptionalDouble longest() {
    var found = new ArrayList<Double>();
    for (EvidenceEntry entry : entries) {
      if (!rehearsed(entry)) {
        for (String key : List.of("milliseconds", "stallUpperBoundMs", "stallMs", "maxStallMs")) {
          entry.value().findValues(key).stream()
              .filter(JsonNode::isNumber)
              .forEach(value -> found.add(value.asDouble()));
        }
      }
    }
    return found.stream().mapToDouble(Double::doubleValue).max();
  }

  private static String table(List<Line> lines) {
    var out = new StringBuilder("<div class=\"wide\"><table><thead><tr><th>phase</th>");
    out.append("<th>what</th><th class=\"num\">attempts</th><th class=\"num\">gave way</th>");
    out.append("<th class=\"num\">longest</th><th>held up by</th></tr></thead><tbody>");
    for (Line line : lines) {
      out.append("<tr><td>").append(esc(line.phase())).append("</td><td>");
      out.append(esc(line.what())).append("</td><td class=\"num\">").append(line.attempts());
      out.append("</td><td class=\"num\">").append(line.gaveWay() == 0 ? "" : line.gaveWay());
      out.append("</td><td class=\"num\">").append(milliseconds(line.longest()));
      out.append("</td><td>").append(esc(String.join(", ", line.blockers()))).append("</td></tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String milliseconds(double value) {
    return Markup.number(Math.rint(value)) + " ms";
  }

  /**
   * One lock, with all attempts at it.
   *
   * @param rehearsed whether the rehearsal took it
   * @param gaveWay attempts that let the clients go first
   * @param blockers names of the applications that held it
   */
  private record Line(
      boolean rehearsed,
      String phase,
      String what,
      int attempts,
      int gaveWay,
      double longest,
      List<String> blockers) {

    /** Empty when the entry holds no attempts. */
    static List<Line> of(EvidenceEntry entry) {
      return attempts("", entry.value()).map(found -> of(entry, found)).toList();
    }

    private record Found(String key, JsonNode attempts) {}

    private static Stream<Found> attempts(String key, JsonNode value) {
      if (value.isArray() && value.path(0).has("milliseconds") && value.path(0).has("outcome")) {
        return Stream.of(new Found(key, value));
      }
      return value.properties().stream()
          .flatMap(field -> attempts(field.getKey(), field.getValue()));
    }

    private static Line of(EvidenceEntry entry, Found found) {
      String[] path = entry.name().split("/");
      boolean clone = LockSection.rehearsed(entry) && path.length == 4;
      String phase = clone ? path[1] : entry.phase();
      int round = clone ? Integer.parseInt(path[2]) : entry.round();
      var longest = 0.0;
      int gaveWay = 0;
      var blockers = new java.util.TreeSet<String>();
      for (JsonNode attempt : found.attempts()) {
        longest = Math.max(longest, attempt.path("milliseconds").asDouble());
        gaveWay += attempt.path("outcome").asText().equals("committed") ? 0 : 1;
        attempt
            .path("blockers")
            .forEach(blocker -> blockers.add(blocker.path("applicationName").asText("unnamed")));
      }
      return new Line(
          LockSection.rehearsed(entry),
          phase + (round > 1 ? ", round " + round : ""),
          what(path[path.length - 1], found.key(), entry.value()),
          found.attempts().size(),
          gaveWay,
          longest,
          List.copyOf(blockers));
    }

    /** The relation, as far as the evidence names one. */
    private static String what(String name, String key, JsonNode value) {
      Optional<String> inName =
          Stream.of("constraint-locks-", "locks-")
              .filter(name::startsWith)
              .map(prefix -> name.substring(prefix.length()))
              .findFirst();
      String kind = name.startsWith("constraint-locks") ? " (constraints)" : "";
      if (inName.isPresent()) {
        return inName.get() + kind;
      }
      if (value.path("locks").isArray()) {
        var locks = new ArrayList<String>();
        value.path("locks").forEach(lock -> locks.add(lock.asText().split(" ")[0]));
        return String.join(", ", locks);
      }
      return key.isEmpty() || key.equals("attempts") ? Markup.words(name) : key;
    }
  }
}
