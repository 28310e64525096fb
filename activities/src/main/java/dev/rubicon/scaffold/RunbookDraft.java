package dev.rubicon.scaffold;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The text of {@code runbook.yaml}, with questions as comments. */
record RunbookDraft(
    String name,
    String target,
    List<String> schemas,
    CatalogSnapshot live,
    List<Finding> differences,
    List<ColumnPair> pairs,
    ExpandDraft expand) {

  String yaml(String canonical) {
    var yaml = new StringBuilder();
    yaml.append("# Drafted by rubicon init. Answer what is marked QUESTION, then: rubicon plan\n");
    yaml.append("rubicon: 1\n");
    yaml.append("name: ").append(YamlText.quoted(name)).append('\n');
    yaml.append("title: ").append(YamlText.quoted(target + " to canonical")).append('\n');
    yaml.append("description: ")
        .append(YamlText.quoted("Brings " + target + " to the schema that the code expects."))
        .append('\n');
    yaml.append("schemas: [").append(list(schemas)).append("]\n\n");
    yaml.append("canonical:\n  sql: [").append(YamlText.quoted(canonical)).append("]\n\n");
    yaml.append("backup: pg_dump\nclone: backup\n");
    expand(yaml);
    transitions(yaml);
    contract(yaml);
    stamps(yaml);
    remaining(yaml);
    return yaml.toString();
  }

  private void expand(StringBuilder yaml) {
    if (expand.files().isEmpty() && expand.concurrently().isEmpty()) {
      return;
    }
    yaml.append("\nexpand:\n");
    if (!expand.files().isEmpty()) {
      yaml.append("  migrations: expand\n");
    }
    if (!expand.concurrently().isEmpty()) {
      yaml.append("  concurrently:\n");
      expand
          .concurrently()
          .forEach(
              (index, sql) ->
                  yaml.append("    - name: ")
                      .append(YamlText.quoted(index))
                      .append("\n      sql: ")
                      .append(YamlText.quoted(sql))
                      .append('\n'));
    }
  }

  private void transitions(StringBuilder yaml) {
    if (pairs.isEmpty()) {
      return;
    }
    var byRelation = new LinkedHashMap<String, List<ColumnPair>>();
    pairs.forEach(
        pair ->
            byRelation
                .computeIfAbsent(relation(pair.legacy()), ignored -> new ArrayList<>())
                .add(pair));
    yaml.append("\ntransitions:\n");
    byRelation.forEach(
        (relation, columns) -> {
          yaml.append("  - relation: ")
              .append(YamlText.quoted(relation))
              .append("\n    columns:\n");
          columns.forEach(pair -> column(yaml, pair));
        });
  }

  private static void column(StringBuilder yaml, ColumnPair pair) {
    String from = Names.plain(pair.legacy().part());
    String to = Names.plain(pair.canonical().part());
    yaml.append("      # QUESTION: is ").append(to).append(" the new name of ").append(from);
    yaml.append("? They have the same type.\n");
    yaml.append("      - name: ").append(YamlText.quoted(to)).append('\n');
    yaml.append("        type: ")
        .append(YamlText.quoted(ColumnPair.type(pair.canonical())))
        .append('\n');
    yaml.append("        up: ").append(YamlText.quoted(from)).append('\n');
    yaml.append("        down: {")
        .append(YamlText.quoted(from))
        .append(": ")
        .append(YamlText.quoted(to));
    yaml.append("}\n");
    if (ColumnDefinition.of(pair.canonical()).notNull()) {
      yaml.append("        nullable: false\n");
    }
  }

  private void contract(StringBuilder yaml) {
    if (pairs.isEmpty()) {
      return;
    }
    yaml.append("\ncontract:\n  legacy-columns:\n");
    for (ColumnPair pair : pairs) {
      yaml.append("    # QUESTION: drop, archive or keep?\n    - {relation: ")
          .append(YamlText.quoted(relation(pair.legacy())))
          .append(", column: ")
          .append(YamlText.quoted(Names.plain(pair.legacy().part())))
          .append(", action: archive}\n");
    }
  }

  private void stamps(StringBuilder yaml) {
    Map<RelationName, Set<String>> tables =
        live.of(ObjectKind.COLUMN).stream()
            .collect(
                Collectors.groupingBy(
                    column -> new RelationName(column.schema(), column.object()),
                    TreeMap::new,
                    Collectors.mapping(CatalogEntry::part, Collectors.toSet())));
    tables.forEach(
        (table, columns) ->
            MigrationTools.all().stream()
                .filter(tool -> tool.recognises(table, columns, tables.keySet()))
                .findFirst()
                .filter(tool -> tool.stamp().isPresent())
                .ifPresent(tool -> stamp(yaml, tool, table)));
  }

  private static void stamp(StringBuilder yaml, MigrationTool tool, RelationName table) {
    yaml.append("\n# QUESTION: which version of ")
        .append(tool.title())
        .append(" does canonical have?\n# cutover:\n#   stamps: [{tool: ")
        .append(tool.name())
        .append(", table: ")
        .append(YamlText.quoted(Names.plain(table.schema()) + "." + Names.plain(table.name())))
        .append(tool.script().isPresent() ? ", folder: …" : "")
        .append(", version: …}]\n");
  }

  /** What the draft does not cover: the plan will list it as open. */
  private void remaining(StringBuilder yaml) {
    List<String> paired = pairs.stream().map(pair -> "extra:" + pair.legacy().name()).toList();
    List<Finding> rest =
        differences.stream()
            .filter(finding -> finding.suggestedSql().isEmpty())
            .filter(finding -> !paired.contains(finding.id()))
            .toList();
    if (rest.isEmpty()) {
      return;
    }
    yaml.append(
        "\n# QUESTION: what is to happen with these differences (drop, accept, map or ignore)?\n"
            + "# findings:\n");
    rest.forEach(
        finding ->
            yaml.append("#   - {match: ")
                .append(YamlText.quoted(finding.id()))
                .append(", disposition: accept, reason: …}\n"));
    rest.stream()
        .filter(finding -> finding.reason().endsWith(": a transition"))
        .forEach(
            finding ->
                yaml.append("# QUESTION: ")
                    .append(finding.id())
                    .append(": ")
                    .append(finding.reason())
                    .append(" under transitions: does it while clients go on\n"));
  }

  private static String relation(CatalogEntry column) {
    return Names.plain(column.schema()) + "." + Names.plain(column.object());
  }

  private static String list(List<String> values) {
    return values.stream().map(YamlText::quoted).collect(Collectors.joining(", "));
  }
}
