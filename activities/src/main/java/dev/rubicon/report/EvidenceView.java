package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Any JSON as a table, a list of facts, or both nested: what a phase records is readable, even if
 * this page does not know it.
 */
final class EvidenceView {
  private static final int OPEN_ROWS = 25;

  /** The ledger keeps keys in no order; these are what a reader looks for first. */
  private static final List<String> FIRST =
      List.of("number", "at", "phase", "relation", "table", "name", "check", "outcome", "passed");

  /** Numbers that name something are not counted in thousands. */
  private static final Set<String> NAMES = Set.of("pid", "port", "oid", "seq", "version");

  private EvidenceView() {}

  static String render(JsonNode value) {
    if (value.isArray()) {
      return value.isEmpty() ? "<p class=\"none\">empty</p>" : array(value);
    }
    if (value.isObject()) {
      return value.isEmpty() ? "<p class=\"none\">empty</p>" : object(value);
    }
    return "<p>" + scalar(value) + "</p>";
  }

  private static String array(JsonNode values) {
    boolean records = true;
    boolean plain = true;
    for (JsonNode value : values) {
      records &= value.isObject();
      plain &= value.isValueNode();
    }
    if (plain) {
      var out = new StringBuilder("<ul class=\"plain\">");
      values.forEach(value -> out.append("<li>").append(scalar(value)).append("</li>"));
      return folded(values.size(), out.append("</ul>").toString());
    }
    return folded(values.size(), records ? table(values) : list(values));
  }

  private static String list(JsonNode values) {
    var out = new StringBuilder("<ol>");
    values.forEach(value -> out.append("<li>").append(render(value)).append("</li>"));
    return out.append("</ol>").toString();
  }

  /** One column per key that any of the records has. */
  static String table(Iterable<JsonNode> records) {
    Set<String> found = new LinkedHashSet<>();
    records.forEach(one -> one.fieldNames().forEachRemaining(found::add));
    Set<String> columns = new LinkedHashSet<>(FIRST);
    columns.retainAll(found);
    columns.addAll(found);
    var out = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
    for (String column : columns) {
      boolean numbers = records.iterator().next().path(column).isNumber();
      out.append(numbers ? "<th class=\"num\">" : "<th>")
          .append(esc(Markup.words(column)))
          .append("</th>");
    }
    out.append("</tr></thead><tbody>");
    for (JsonNode one : records) {
      out.append("<tr>");
      for (String column : columns) {
        JsonNode value = one.path(column);
        out.append(value.isNumber() ? "<td class=\"num\">" : "<td>")
            .append(NAMES.contains(column) ? esc(value.asText()) : cell(value))
            .append("</td>");
      }
      out.append("</tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  private static String cell(JsonNode value) {
    if (value.isContainerNode()) {
      return value.isEmpty() ? "" : render(value);
    }
    return value.isMissingNode() || value.isNull() ? "" : scalar(value);
  }

  private static String object(JsonNode value) {
    var out = new StringBuilder("<dl>");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      out.append("<div><dt>")
          .append(esc(Markup.words(field.getKey())))
          .append("</dt><dd>")
          .append(
              field.getValue().isValueNode() ? scalar(field.getValue()) : render(field.getValue()))
          .append("</dd></div>");
    }
    return folded(value.size(), out.append("</dl>").toString());
  }

  private static String scalar(JsonNode value) {
    if (value.isNumber()) {
      return "<span class=\"figure\">" + Markup.number(value.asDouble()) + "</span>";
    }
    if (value.isBoolean()) {
      return value.asBoolean() ? "yes" : "no";
    }
    if (value.isNull()) {
      return "<span class=\"none\">none</span>";
    }
    String text = value.asText();
    if (text.matches("[0-9a-f]{40,}")) {
      return "<code class=\"hash\">" + esc(text) + "</code>";
    }
    return ReportBuilder.instant(text)
        .map(at -> "<time title=\"" + esc(text) + "\">" + esc(Markup.moment(at)) + "</time>")
        .orElseGet(
            () ->
                text.contains("\n")
                    ? "<pre>" + esc(text) + "</pre>"
                    : "<span class=\"text\">" + esc(text) + "</span>");
  }

  private static String folded(int size, String html) {
    return size <= OPEN_ROWS
        ? html
        : "<details><summary>" + size + " entries</summary>" + html + "</details>";
  }
}
