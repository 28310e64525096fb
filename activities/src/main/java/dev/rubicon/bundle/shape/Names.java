package dev.rubicon.bundle.shape;

import dev.rubicon.bundle.file.IgnoredFiles;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Nearest;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.Scalars;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.yaml.snakeyaml.nodes.Node;

/** Names that runbooks hold: of relations, columns, files. */
final class Names {
  private Names() {}

  /** {@code schema.name}, as in SQL. */
  static Decoder<String> relation() {
    return Scalars.parsed(
        "^[^.].*\\..*[^.]$",
        "schema.name (quote parts as in SQL)",
        text -> {
          RelationName.parse(text);
          return text;
        });
  }

  /** One name, as in SQL: folded to lower case unless quoted. */
  static Decoder<String> identifier() {
    return Scalars.parsed(
        "\\S",
        "a name as in SQL (in double quotes where it has capitals or signs)",
        text -> {
          if (Identifiers.split(text).size() != 1) {
            throw new IllegalArgumentException("dotted");
          }
          return text;
        });
  }

  /** A schema that can be owned: not PostgreSQL's, not Rubicon's. */
  static Decoder<String> schema() {
    return Scalars.parsed(
        "^(?!pg_)(?!information_schema$)(?!rubicon$)",
        "a schema of the owner's (pg_*, information_schema and rubicon are not)",
        text -> {
          List<String> parts = Identifiers.split(text);
          if (parts.size() != 1
              || parts.getFirst().startsWith("pg_")
              || List.of("information_schema", "rubicon").contains(parts.getFirst())) {
            throw new IllegalArgumentException("reserved");
          }
          return text;
        });
  }

  /** As it stands in the catalog. */
  static String folded(String identifier) {
    return Identifiers.split(identifier).getFirst();
  }

  /** A file of the runbook's folder. */
  static Decoder<String> file() {
    return path((path, reading) -> reading.beside(), "no file");
  }

  /** A folder in the runbook's folder, with at least one file in it. */
  static Decoder<String> folder() {
    return path((path, reading) -> folders(reading.beside()), "no folder");
  }

  @FunctionalInterface
  private interface Known {
    SortedSet<String> of(String path, Reading reading);
  }

  private static Decoder<String> path(Known known, String none) {
    Decoder<String> text = Scalars.text();
    return Decoder.of(
        definitions -> text.schema(definitions),
        (node, reading) ->
            text.decode(node, reading)
                .flatMap(written -> inside(written, node, reading))
                .filter(
                    path -> {
                      SortedSet<String> paths = known.of(path, reading);
                      if (!paths.contains(path)) {
                        reading.problem(
                            node,
                            none
                                + " '"
                                + path
                                + "' in the runbook's folder"
                                + (IgnoredFiles.ignores(path)
                                    ? " (hidden files and editors' leftovers are not bundled)"
                                    : ""),
                            Nearest.to(path, paths));
                      }
                      return paths.contains(path);
                    }));
  }

  /** The path without a trailing slash, unless it leads out of the folder. */
  private static Optional<String> inside(String written, Node node, Reading reading) {
    String path = written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    boolean plain = !path.isEmpty() && !path.contains("\\") && !path.matches("^[A-Za-z]:.*");
    for (String segment : path.split("/", -1)) {
      plain &= !segment.isEmpty() && !segment.equals(".") && !segment.equals("..");
    }
    if (!plain) {
      reading.problem(
          node,
          "'"
              + written
              + "' is no path inside the runbook's folder (write folder/file, without ..)");
    }
    return plain ? Optional.of(path) : Optional.empty();
  }

  private static SortedSet<String> folders(SortedSet<String> files) {
    var folders = new TreeSet<String>();
    for (String file : files) {
      for (int slash = file.indexOf('/'); slash >= 0; slash = file.indexOf('/', slash + 1)) {
        folders.add(file.substring(0, slash));
      }
    }
    return folders;
  }
}
