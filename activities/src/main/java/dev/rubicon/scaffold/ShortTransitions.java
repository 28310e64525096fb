package dev.rubicon.scaffold;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.change.LongForm;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The transitions that say what was typed, each tried: its long form is written of the target's
 * catalog.
 *
 * @param lines of {@code transitions}
 * @param anew tables that are built anew, those along with which a key changes included
 */
record ShortTransitions(List<String> lines, Set<RelationName> anew, List<Question> questions) {

  static ShortTransitions of(
      PgSession session, TableNames names, List<String> schemas, List<AlteredTable> tables) {
    var lines = new ArrayList<String>();
    var anew = new TreeSet<RelationName>();
    var questions = new ArrayList<Question>();
    for (AlteredTable table : tables) {
      Map<String, String> types = names.types(table.name());
      boolean asks = table.columns().values().stream().anyMatch(AlteredColumn::asks);
      String brief = table.line(Map.of());
      RubiconException refused = null;
      if (!asks) {
        try {
          anew.addAll(anew(session, schemas, brief));
          lines.add(brief);
          continue;
        } catch (RubiconException e) {
          refused = e;
        }
      }
      String whole = table.line(types);
      try {
        anew.addAll(anew(session, schemas, whole));
        lines.add(whole);
        questions.add(
            new Question(
                table.name()
                    + ": not every value is the same on both sides: is this what the new column"
                    + " gets (up), and what clients of the old one (down)?",
                ""));
      } catch (RubiconException e) {
        RubiconException why = refused == null ? e : refused;
        questions.add(
            new Question(
                why.getMessage() + ". Next: " + why.next(), "  - " + (asks ? whole : brief)));
      }
    }
    return new ShortTransitions(lines, anew, questions);
  }

  private static List<RelationName> anew(PgSession session, List<String> schemas, String line) {
    String text =
        "rubicon: 1\nname: draft\ntitle: draft\nschemas: ["
            + String.join(", ", schemas.stream().map(YamlText::quoted).toList())
            + "]\ntransitions:\n  - "
            + line
            + "\n";
    var files = new TreeMap<String, byte[]>();
    files.put(RunbookReader.FILE, text.getBytes(StandardCharsets.UTF_8));
    Bundle bundle = RunbookReader.read(files, "what was typed: ");
    // No draft has tables of rows over time, for which staging would be asked.
    return LongForm.written(session, () -> false, bundle).runbook().transitions().stream()
        .map(Runbook.Transition::relation)
        .map(RelationName::parse)
        .toList();
  }
}
