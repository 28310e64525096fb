package dev.rubicon.scaffold;

import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text of a {@code runbook.yaml} that was drafted of SQL: no more than what was typed asks for.
 *
 * @param transitions lines, in the short form
 * @param leaving tables that contract takes
 * @param drops file with what else contract takes
 */
record SqlRunbook(
    String name,
    String title,
    List<String> schemas,
    List<String> transitions,
    ExpandDraft expand,
    Optional<Version> version,
    List<RelationName> leaving,
    Optional<String> drops,
    List<Question> questions) {

  /** What the owner's migration tool is to believe afterwards. */
  record Version(RelationName table, String version) {}

  boolean changesNothing() {
    return transitions.isEmpty()
        && expand.files().isEmpty()
        && expand.concurrently().isEmpty()
        && version.isEmpty()
        && leaving.isEmpty()
        && drops.isEmpty()
        && questions.isEmpty();
  }

  String yaml() {
    var yaml = new StringBuilder();
    yaml.append("rubicon: 1\nname: ").append(YamlText.scalar(name)).append('\n');
    yaml.append("title: ").append(YamlText.quoted(title)).append('\n');
    if (!schemas.equals(List.of("public"))) {
      yaml.append(
          schemas.stream()
              .map(YamlText::scalar)
              .collect(Collectors.joining(", ", "schemas: [", "]\n")));
    }
    questions.forEach(question -> yaml.append(question.comment()));
    if (!transitions.isEmpty()) {
      yaml.append("transitions:\n");
      transitions.forEach(line -> yaml.append("  - ").append(line).append('\n'));
    }
    expand(yaml);
    version.ifPresent(
        v ->
            yaml.append("cutover:\n  stamps: [{tool: alembic, table: ")
                .append(YamlText.scalar(Names.plain(v.table())))
                .append(", version: ")
                .append(YamlText.quoted(v.version()))
                .append("}]\n"));
    contract(yaml);
    return yaml.toString();
  }

  private void expand(StringBuilder yaml) {
    if (expand.files().isEmpty() && expand.concurrently().isEmpty()) {
      return;
    }
    yaml.append("expand:\n");
    if (!expand.files().isEmpty()) {
      yaml.append("  migrations: expand\n");
    }
    if (!expand.concurrently().isEmpty()) {
      yaml.append("  concurrently:\n");
      expand
          .concurrently()
          .forEach(
              (index, sql) ->
                  yaml.append("    - {name: ")
                      .append(YamlText.scalar(index))
                      .append(", sql: ")
                      .append(YamlText.quoted(sql))
                      .append("}\n"));
    }
  }

  private void contract(StringBuilder yaml) {
    if (leaving.isEmpty() && drops.isEmpty()) {
      return;
    }
    yaml.append("contract:\n");
    drops.ifPresent(file -> yaml.append("  sql: [").append(file).append("]\n"));
    if (!leaving.isEmpty()) {
      yaml.append("  legacy-relations: # action: archive keeps it, in schema rubicon_archive\n");
      leaving.forEach(
          table ->
              yaml.append("    - {relation: ")
                  .append(YamlText.scalar(Names.plain(table)))
                  .append(", action: drop}\n"));
    }
  }
}
