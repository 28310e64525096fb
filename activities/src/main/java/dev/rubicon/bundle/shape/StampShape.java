package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.nonEmptyMap;
import static dev.rubicon.yaml.Scalars.anyText;
import static dev.rubicon.yaml.Scalars.text;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook.Stamp;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Key;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/** What the crossing tells the owner's own migration tool. */
final class StampShape {
  private StampShape() {}

  static Decoder<Stamp> stamp() {
    Decoder<Stamp> shape = shape();
    return Decoder.of(
        shape::schema,
        (node, reading) -> {
          Optional<Stamp> stamp = shape.decode(node, reading);
          stamp.ifPresent(read -> scripts(read, node, reading));
          return stamp;
        });
  }

  /** As the database calls it: spelled in two ways it is one table. */
  static String table(Stamp stamp) {
    return stamp.table().isEmpty() ? "" : RelationName.parse(stamp.table()).toString();
  }

  private static Decoder<Stamp> shape() {
    var keys = new Keys();
    var tool = keys.required("tool", word(tools()), "whose version table it is");
    var table = keys.optional("table", Names.relation(), "schema.name; left out: the tool's usual");
    var from = keys.optional("from", text(), "version that must be there; left out: any");
    var version = keys.optional("version", text(), "version to be there afterwards");
    var versions =
        keys.optional("versions", distinct(atLeastOne(text())), "several, in their order");
    var folder =
        keys.optional("folder", Names.folder(), "the tool's migrations, for their checksums");
    var column = keys.optional("column", Names.identifier(), "tool table: of the version");
    var set =
        keys.optional(
            "set", nonEmptyMap(Names.identifier(), anyText()), "tool table: other columns' values");
    keys.exactlyOneOf(version, versions);
    return keys.into(
        v -> {
          List<String> stamped =
              v.get(versions).or(() -> v.get(version).map(List::of)).orElse(List.of());
          Key<?> written = v.has(version) ? version : versions;
          if (v.get(from).filter(stamped::contains).isPresent()) {
            v.problem(written, "is the same as 'from'");
          }
          Optional<MigrationTool> known = MigrationTools.named(v.get(tool));
          if (known.isPresent()) {
            handMadeOnly(v, column);
            handMadeOnly(v, set);
            versions(v, written, known.get(), stamped);
          } else if (v.get(table).isEmpty()) {
            v.problem("key 'table' is missing");
          }
          boolean scripts = known.flatMap(MigrationTool::script).isPresent();
          boolean baseline =
              known.flatMap(MigrationTool::baseline).isPresent() && stamped.size() == 1;
          if (scripts && !baseline && !v.has(folder)) {
            v.problem(
                "key 'folder' is missing: "
                    + known.get().title()
                    + " keeps checksums of its scripts");
          } else if (!scripts && v.has(folder)) {
            v.problem(folder, "is for tools that keep checksums of their scripts");
          }
          return new Stamp(
              v.get(tool),
              v.get(table).orElseGet(() -> known.map(k -> spelled(k.usual())).orElse("")),
              v.get(from),
              stamped,
              v.get(folder),
              v.get(column).map(Names::folded).orElse("version"),
              folded(v.get(set).orElse(Map.of())));
        });
  }

  private static void versions(Values v, Key<?> written, MigrationTool tool, List<String> stamped) {
    for (String version : stamped) {
      if (tool.version().filter(form -> !form.matcher(version).matches()).isPresent()) {
        v.problem(
            written,
            "'" + version + "' is no version of " + tool.title() + ": " + tool.version().get());
      }
    }
    if (tool.single() && stamped.size() > 1) {
      v.problem(written, tool.title() + " keeps the current version alone");
    }
  }

  /** As somebody would write it: quoted only where it must be. */
  private static String spelled(RelationName table) {
    return Stream.of(table.schema(), table.name())
        .map(part -> part.matches("[a-z_][a-z0-9_]*") ? part : Identifiers.quote(part))
        .collect(Collectors.joining("."));
  }

  private static void handMadeOnly(Values v, Key<?> key) {
    if (v.has(key)) {
      v.problem(key, "is for tool: " + Stamp.HAND_MADE);
    }
  }

  private static Map<String, String> folded(Map<String, String> set) {
    var folded = new LinkedHashMap<String, String>();
    set.forEach((column, value) -> folded.put(Names.folded(column), value));
    return folded;
  }

  /** Those that keep more than one table are told by their own command. */
  private static Map<String, String> tools() {
    var words = new LinkedHashMap<String, String>();
    MigrationTools.all().stream()
        .filter(tool -> tool.stamp().isPresent())
        .forEach(tool -> words.put(tool.name(), tool.name()));
    words.put(Stamp.HAND_MADE, Stamp.HAND_MADE);
    return words;
  }

  private static void scripts(Stamp stamp, Node node, Reading reading) {
    Optional<MigrationTool> tool =
        MigrationTools.named(stamp.tool()).filter(known -> known.script().isPresent());
    if (tool.isEmpty() || stamp.folder().isEmpty()) {
      return;
    }
    String prefix = stamp.folder().get() + "/";
    Set<String> paths =
        reading.beside().stream()
            .filter(path -> path.startsWith(prefix))
            .map(path -> path.substring(prefix.length()))
            .collect(Collectors.toSet());
    for (String version : stamp.versions()) {
      if (tool.get().scriptOf(version, paths).isEmpty()) {
        reading.problem(
            node, "folder '" + stamp.folder().get() + "' has no migration '" + version + "'");
      }
    }
    tool.get()
        .script()
        .flatMap(MigrationTool.Script::journal)
        .filter(journal -> !paths.contains(journal))
        .ifPresent(
            journal ->
                reading.problem(node, "folder '" + stamp.folder().get() + "' has no " + journal));
  }
}
