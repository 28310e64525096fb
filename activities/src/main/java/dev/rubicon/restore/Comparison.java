package dev.rubicon.restore;

import dev.rubicon.backup.DatabaseReader;
import dev.rubicon.backup.Manifest;
import dev.rubicon.backup.TableFingerprints;
import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Whether a restored database holds what the manifest says: rows, fingerprints, positions. */
public final class Comparison {
  private Comparison() {}

  /** Names what differs, one line each; empty when everything agrees. */
  public static List<String> differences(PgSession restored, Manifest manifest, Progress progress) {
    TableFingerprints.pin(restored);
    var differences = new ArrayList<String>();
    var expected = new HashMap<RelationName, Manifest.Relation>();
    manifest.relations().forEach(r -> expected.put(new RelationName(r.schema(), r.name()), r));
    var names = new TreeSet<>(TableFingerprints.tables(restored));
    int done = 0;
    for (RelationName name : names) {
      progress.update("compare " + name, done++, names.size(), "");
      progress.checkCancelled();
      Manifest.Relation was = expected.remove(name);
      if (was == null) {
        differences.add(name + ": not in the manifest");
        continue;
      }
      Manifest.Relation is = TableFingerprints.of(restored, name);
      if (is.rows() != was.rows()) {
        differences.add(name + ": " + is.rows() + " rows instead of " + was.rows());
      } else if (!was.holdsTheSameAs(is)) {
        differences.add(name + ": same number of rows, other contents");
      }
    }
    new TreeSet<>(expected.keySet()).forEach(name -> differences.add(name + ": missing"));
    sequences(restored, manifest, differences);
    if (!TableFingerprints.largeObjects(restored).equals(manifest.largeObjects())) {
      differences.add("large objects: other number or contents");
    }
    return differences;
  }

  private static void sequences(PgSession restored, Manifest manifest, List<String> differences) {
    Map<String, Long> positions = new HashMap<>();
    DatabaseReader.positions(restored)
        .forEach(p -> positions.put(p.schema() + "." + p.name(), p.next()));
    for (Manifest.Sequence sequence : manifest.sequences()) {
      Long next = positions.get(sequence.schema() + "." + sequence.name());
      if (next == null) {
        differences.add("sequence " + sequence.schema() + "." + sequence.name() + ": missing");
      } else if (!sequence.allows(next)) {
        differences.add(
            "sequence "
                + sequence.schema()
                + "."
                + sequence.name()
                + ": continues with "
                + next
                + " instead of "
                + sequence.before());
      }
    }
  }

  /** At most ten, for a message. */
  public static String brief(List<String> differences) {
    return String.join("; ", differences.subList(0, Math.min(10, differences.size())))
        + (differences.size() > 10 ? "; and " + (differences.size() - 10) + " more" : "");
  }
}
