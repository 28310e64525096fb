package dev.rubicon.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.document.schema.OwnDefaults;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportTest {
  private static TestLedger test;
  private static Report report;
  private static String html;

  @BeforeAll
  static void make() throws Exception {
    test = TestLedger.create();
    SampleRollout.record(test);
    var anchor = test.gate(SampleRollout.ID, "cutover");
    report =
        new ReportBuilder(test.ledger(), "rubicon 0.1.0")
            .build(SampleRollout.ID, Optional.empty(), List.of(anchor));
    html = report.html();
    // For a look at it: open target/sample-report.html.
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/sample-report.html"), html);
    Files.writeString(Path.of("target/sample-report.json"), report.json());
  }

  @AfterAll
  static void close() {
    test.close();
  }

  @Test
  void thePageNeedsNothingFromElsewhereAndNoScript() {
    assertThat(html)
        .doesNotContain("<script", "<link", "<img", "<iframe", "@import", "url(", "src=")
        .doesNotContain("http://", "https://");
    assertThat(Pattern.compile("href=\"(?!#)").matcher(html).find()).isFalse();
    assertThat(Pattern.compile("\\son[a-z]+=").matcher(html.replaceAll(">[^<]*<", "><")).find())
        .isFalse();
  }

  @Test
  void whatPeopleAndTablesSayCannotBecomeMarkup() {
    assertThat(html).contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted");
  }

  @Test
  void everySectionSaysWhatTheLedgerHolds() {
    assertThat(html)
        .contains("crossed twice; nothing lost")
        .contains("9e15719c".repeat(8))
        .contains("APPROVER_IS_REQUESTER")
        .contains("rolled back: error rate looked odd")
        .contains("stakeholders-informed")
        .contains("missing:table:public.anonymous_usage")
        .contains("nightly-export")
        .contains("replication lag 14 s is above 10 s")
        .contains("ix_checks_env_anon_token")
        .contains("the claim, canonical")
        .contains("erDiagram")
        .contains("intact");
  }

  @Test
  void coverageAndWhatIsUnresolvedStandOnThePage() {
    int from = html.indexOf("id=\"coverage\"");
    assertThat(html.substring(from, html.indexOf("</section>", from)))
        .contains("<td>runs-with-quality</td><td class=\"num\">9,871</td>")
        .contains("<td>&lt;b&gt;paths-unresolved</td><td class=\"num\">12</td>")
        .contains("<td>sides-agree</td><td class=\"num\">0</td><td><span class=\"pill good\">")
        .contains("<td>one-owner</td><td class=\"num\">3</td><td><span class=\"pill bad\">");
  }

  @Test
  void evidenceThatThePageDoesNotKnowIsShownAsItStands() {
    assertThat(html)
        .contains("row counts")
        .contains("200,000")
        .contains("something &lt;script&gt;");
  }

  @Test
  void everyPictureIsWellFormed() throws Exception {
    var svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(html);
    int pictures = 0;
    while (svg.find()) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg.group())));
      assertThat(svg.group()).doesNotContain("NaN", "Infinity");
      pictures++;
    }
    assertThat(pictures).isEqualTo(3);
  }

  @Test
  void theSchemaChangeNamesWhatWasAddedRemovedAndChanged() {
    var change = report.schema().orElseThrow();
    assertThat(change.changed())
        .extracting(table -> table.name() + " " + table.kind())
        .containsExactly(
            "public.anonymous_usage ADDED",
            "public.checks CHANGED",
            "public.result_cache REMOVED",
            "public.sessions CHANGED",
            "public.users CHANGED");
    assertThat(change.changed().get(1).columns())
        .filteredOn(item -> item.name().equals("user_id"))
        .singleElement()
        .satisfies(item -> assertThat(item.kind()).isEqualTo(SchemaChange.Kind.CHANGED));
    assertThat(report.mermaid()).contains("\"public.checks\" |o--o{ \"public.anonymous_usage\"");
    assertThat(report.dictionary())
        .contains("| `claim` |  | `text NOT NULL` | added |  | the claim, canonical |")
        .contains("| `config_json` |  | `jsonb DEFAULT '{}'::jsonb` | added |")
        .contains("the claim \\| as typed")
        .contains("## `public.result_cache` (removed)");
  }

  @Test
  void whatRubiconKeepsOnATableForTheWayBackIsNoPartOfTheDictionary() {
    assertThat(report.dictionary()).doesNotContain("_rubicon");
    assertThat(report.mermaid()).doesNotContain("_rubicon");
  }

  @Test
  void theLongestStallIsThatOfTheTargetAndNotOfTheClone() {
    assertThat(html).contains("<b>61 ms</b><span>longest lock</span>");
  }

  @Test
  void aLockIsOneLineHoweverOftenItWasAskedFor() {
    int from = html.indexOf("id=\"locks\"");
    String section = html.substring(from, html.indexOf("</section>", from));
    String target = section.substring(0, section.indexOf("On the clone"));
    assertThat(target.split("<td>dual-write</td>", -1)).hasSize(2);
    assertThat(target)
        .contains(
            "<td>dual-write</td><td>public.checks</td><td class=\"num\">2</td><td"
                + " class=\"num\">1</td><td class=\"num\">51 ms</td><td>nightly-export</td>")
        .contains("<td class=\"num\">61 ms</td>")
        .doesNotContain("913 ms");
    assertThat(section).contains("On the clone, in rehearsal: 1 lock, longest 912 ms");
  }

  private static String unwrapped(String column) {
    return OwnDefaults.unwrapped(ColumnDefinition.parse(column)).toString();
  }

  @Test
  void aWrappedDefaultIsShownAsItsOwnerWroteIt() {
    assertThat(
            unwrapped(
                "text DEFAULT rubicon.omitted('rubicon.omitted_c'::text, (1)::bigint, NULL::text)"
                    + " NOT NULL"))
        .isEqualTo("text NOT NULL");
    assertThat(
            unwrapped(
                "text DEFAULT rubicon.omitted('rubicon.omitted_c'::text, (16)::bigint,"
                    + " concat('it''s a, )', \"left\"('b', 2)))"))
        .isEqualTo("text DEFAULT concat('it''s a, )', \"left\"('b', 2))");
    assertThat(unwrapped("text DEFAULT ''::text")).isEqualTo("text DEFAULT ''::text");
    assertThat(report.dictionary() + report.mermaid()).doesNotContain("rubicon.omitted");
  }

  @Test
  void theJsonHoldsTheSame() throws Exception {
    var json = new ObjectMapper().readTree(report.json());
    assertThat(json.at("/rollout/state").asText()).isEqualTo("completed");
    assertThat(json.at("/rollout/launchedAt").asText()).isEqualTo("2026-11-21T02:00:00Z");
    assertThat(json.at("/phases").size()).isEqualTo(report.phases().size());
    assertThat(json.at("/evidence").size()).isEqualTo(report.evidence().size());
    assertThat(json.at("/throughput").size()).isEqualTo(72);
    assertThat(json.at("/trail/breaks")).isEmpty();
    assertThat(json.at("/audit/0/action").asText()).isEqualTo("launched");
  }

  @Test
  void aRolloutThatHasOnlyBegunHasAReport() {
    try (var fresh = TestLedger.create()) {
      fresh.ledger().launch(TestLedger.launch("r1", "eu"));
      var begun =
          new ReportBuilder(fresh.ledger(), "rubicon").build("r1", Optional.empty(), List.of());
      assertThat(begun.html())
          .contains("No phase has started yet.", "not ended when this was made");
      assertThat(begun.json()).contains("\"running\"");
    }
  }

  @Test
  void aPhaseThatWasToldToStopEndedWhenTheNextOneStarted() {
    try (var fresh = TestLedger.create()) {
      fresh.ledger().launch(TestLedger.launch("r1", "eu"));
      for (var phase : List.of(Phase.WATCH, Phase.ROLLBACK)) {
        fresh.ledger().phases().started(new PhaseInput("r1", "eu", "bundle", "alice", phase, 1));
      }
      var stopped =
          new ReportBuilder(fresh.ledger(), "rubicon").build("r1", Optional.empty(), List.of());
      assertThat(stopped.phases())
          .extracting(PhaseEntry::outcome)
          .containsExactly("stopped", "running");
      assertThat(stopped.phases().getFirst().ended())
          .contains(stopped.phases().getLast().started());
    }
  }
}
