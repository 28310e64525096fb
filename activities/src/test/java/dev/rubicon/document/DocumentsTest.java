package dev.rubicon.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.document.schema.DescribedSchema;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dictionary, diagrams and change log of databases on PostgreSQL. */
@Turn
class DocumentsTest {
  /** Names that mean something to HTML, Markdown, Mermaid, or to a terminal. */
  private static final String[] HOSTILE = {
    "CREATE TABLE \"<script>alert(1)</script>\" (\"a\"\"b|c`d\" int PRIMARY KEY, \"Ünïcode 列\" text"
        + " NOT NULL DEFAULT '<img src=x onerror=alert(2)>', \"</text></svg>\" text)",
    "COMMENT ON TABLE \"<script>alert(1)</script>\" IS E'one | two\\n## not a heading\\u202e `x`"
        + " <b>[l](javascript:x)</b>'",
    "CREATE TABLE \"Mixed Case; DROP\" (\"%%{init}%%\" int REFERENCES"
        + " \"<script>alert(1)</script>\", \"x\\y}\" int[])",
    "COMMENT ON COLUMN \"Mixed Case; DROP\".\"x\\y}\" IS E'\\x01 \"quoted\" & *bold*'",
  };

  private static DescribedSchema read(Bench bench) {
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.PREFLIGHT).tag(), SessionLimits.SHORT)) {
      return DescribedSchema.of(
          CatalogReader.read(session, List.of("public")),
          Relations.read(session, List.of("public")));
    }
  }

  private static Map<String, String> text(Map<String, byte[]> files) {
    return files.entrySet().stream()
        .filter(file -> !file.getKey().endsWith(".png"))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, file -> new String(file.getValue(), StandardCharsets.UTF_8)));
  }

  @Test
  void aDatabaseAsItStandsHasOwnerTypesDefaultsKeysAndComments() {
    var bench =
        new Bench(
            "CREATE TABLE owners (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text"
                + " UNIQUE)",
            "CREATE TABLE plants (zeta text NOT NULL DEFAULT 'fern', owner_id bigint REFERENCES"
                + " owners, CONSTRAINT short CHECK (length(zeta) < 9))",
            "COMMENT ON TABLE plants IS 'what grows'",
            "COMMENT ON COLUMN plants.zeta IS 'its name'",
            "CREATE VIEW ferns AS SELECT zeta FROM plants WHERE zeta = 'fern'");
    String me = bench.one("SELECT current_user");
    Map<String, String> files =
        text(Documents.of(Change.none(read(bench)), "plants", Optional.empty()));
    assertThat(files.get("dictionary.md"))
        .contains("3 relations.")
        .contains("## `public.plants`\n\ntable, owned by `" + me + "`\n\nwhat grows\n")
        // In their order, which is not that of their names.
        .contains(
            "| `zeta` | `text` | no | `'fern'::text` |  | its name |\n"
                + "| `owner_id` | `bigint` | yes |  | FK → public.owners |  |\n")
        .contains("| `id` | `bigint` | no | `GENERATED ALWAYS AS IDENTITY` | PK |  |")
        .contains("| `email` | `text` | yes |  | UQ |  |")
        .contains("- constraint `short`: `CHECK ((length(zeta) < 9))`")
        .contains("## `public.ferns`\n\nview, owned by");
    assertThat(files.get("diagrams/01-owners.mmd"))
        .contains("\"public.owners\" |o--o{ \"public.plants\" : \"plants_owner_id_fkey\"")
        .contains("bigint id PK\n");
    assertThat(files.get("diagrams/01-owners.svg"))
        .contains("plants_owner_id_fkey: public.plants → public.owners", "stroke-dasharray");
    assertThat(files).doesNotContainKey("changelog.md");
  }

  @Test
  void whatChangedIsToldToClientsAndDrawnWithItsNeighbours() throws Exception {
    var bench =
        new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text, gone text)",
            "CREATE TABLE posts (id int PRIMARY KEY, user_id int REFERENCES users)",
            "CREATE TABLE apart (id int)",
            "CREATE TABLE old (id int)");
    DescribedSchema before = read(bench);
    bench.run(
        "ALTER TABLE users DROP gone, ALTER name SET NOT NULL, ALTER name SET DEFAULT 'x',"
            + " ADD email text NOT NULL",
        "ALTER TABLE users ADD CONSTRAINT one_email UNIQUE (email)",
        "DROP TABLE old",
        "CREATE TABLE tags (id int, label text)");
    Change change = Change.between(before, read(bench));
    String entry =
        ChangeLogEntry.markdown(Optional.of(change), "2026-11-28: users", "Users have e-mail.");
    assertThat(entry)
        .isEqualTo(
            """
            ## 2026-11-28: users

            Users have e-mail.

            ### Added

            - Table `public.tags` with `id`, `label`.
            - `public.users`: column `email` `text`, which every INSERT must name.
            - `public.users`: `UNIQUE (email)`.

            ### Changed

            - `public.users`: column `name` takes no NULL any more; has `DEFAULT 'x'::text`.

            ### Removed

            - Table `public.old`.
            - `public.users`: column `gone`.
            """);
    Map<String, byte[]> written = Documents.of(change, "users", Optional.of(entry));
    for (var file : written.entrySet()) {
      // For a look at them.
      Path to = Path.of("target/sample-documents").resolve(file.getKey());
      Files.createDirectories(to.getParent());
      Files.write(to, file.getValue());
    }
    Map<String, String> files = text(written);
    assertThat(files.get("changelog.md")).isEqualTo(entry);
    assertThat(files.get("dictionary.md"))
        .contains("5 relations, 3 of them changed.")
        .contains("| `email` |  | `text NOT NULL` | added | UQ |  |")
        .contains("| `name` | `text` | `text DEFAULT 'x'::text NOT NULL` | changed |");
    String diagram = files.get("diagrams/01-posts.mmd");
    assertThat(diagram)
        .contains("public.posts", "text gone \"removed\"", "\"public.old\"")
        .doesNotContain("apart");
  }

  @Test
  void noNameBecomesMarkup() throws Exception {
    var bench = new Bench(HOSTILE);
    Map<String, byte[]> files =
        Documents.of(Change.none(read(bench)), "<script>x</script> & co", Optional.empty());
    Map<String, String> texts = text(files);
    for (var file : texts.entrySet()) {
      if (file.getKey().endsWith(".svg")) {
        assertThat(file.getValue()).doesNotContain("<script", "<img", "\u202e", "\u0001");
        var root =
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(file.getValue().getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(root.getTextContent())
            .contains("<script>alert(1)</script>", "a\"b|c`d", "Ünïcode 列", "</text></svg>");
      } else if (file.getKey().endsWith(".mmd")) {
        assertThat(file.getValue()).doesNotContain("<", "%", "\\", "\u202e");
        assertThat(file.getValue())
            .contains(
                "#60;script#62;alert(1)#60;/script#62;", "integer a_b_c_d PK \"a#34;b|c#96;d\"");
        // Each line has its quotes in pairs: nothing ends a name early.
        assertThat(file.getValue().lines())
            .allSatisfy(
                line -> assertThat(line.chars().filter(c -> c == '"').count() % 2).isZero());
      } else if (file.getKey().equals("dictionary.md")) {
        // What stands outside of code is escaped, and every row keeps its six cells.
        String outside =
            file.getValue().replaceAll("\\\\[^|]", "").replaceAll("(`+) ?.*?[^`]\\1(?!`)", "");
        assertThat(outside).doesNotContain("<script", "<img", "<b>", "[l](", "\n## not");
        assertThat(file.getValue())
            .contains("one \\| two \\#\\# not a heading\ufffd \\`x\\` \\<b\\>\\[l\\]")
            .contains("| ``a\"b\\|c`d`` |")
            .contains("\ufffd \"quoted\" \\& \\*bold\\*");
        assertThat(file.getValue().lines().filter(line -> line.startsWith("| ")))
            .allSatisfy(line -> assertThat(line.replace("\\|", "").split("\\|", -1)).hasSize(8));
      }
    }
    assertThat(texts.get("README.md")).startsWith("# \\<script\\>x\\</script\\> \\& co\n");
    assertThat(files.keySet()).allMatch(name -> name.matches("[A-Za-z0-9_./-]+"));
  }

  @Tag("slow")
  @Test
  void fiveHundredTablesBecomePages() throws Exception {
    var statements = new String[500];
    for (int i = 0; i < 500; i++) {
      // One hub that all point at, chains, and a few that stand alone.
      statements[i] =
          "CREATE TABLE t%03d (id int PRIMARY KEY, hub int %s, prev int %s, note text, at timestamptz)"
              .formatted(
                  i,
                  i == 0 || i % 25 == 0 ? "" : "REFERENCES t000",
                  i == 0 || i % 7 == 0 ? "" : "REFERENCES t%03d".formatted(i - 1));
    }
    DescribedSchema schema = read(new Bench(statements));
    Map<String, byte[]> files =
        Documents.of(Change.none(schema), "many", Optional.empty(), Duration.ofMinutes(10));
    var drawn = new HashSet<String>();
    for (var file : files.entrySet()) {
      if (file.getKey().endsWith(".mmd")) {
        String text = new String(file.getValue(), StandardCharsets.UTF_8);
        List<String> tables =
            text.lines().filter(line -> line.endsWith(" {")).map(String::strip).toList();
        assertThat(tables).hasSizeLessThanOrEqualTo(RelationSet.MOST);
        tables.forEach(table -> assertThat(drawn.add(table)).isTrue());
      } else if (file.getKey().endsWith(".png")) {
        var image = ImageIO.read(new ByteArrayInputStream(file.getValue()));
        assertThat((long) image.getWidth() * image.getHeight()).isLessThan(17_000_000L);
        int[] top = image.getRGB(0, 0, image.getWidth(), 60, null, 0, image.getWidth());
        assertThat(Arrays.stream(top).distinct().count()).isGreaterThan(2);
      }
    }
    assertThat(drawn).hasSize(500);
    assertThat(files.keySet().stream().filter(name -> name.endsWith(".png")).count())
        .isBetween(17L, 40L);
  }

  @Test
  void equalDatabasesHaveEqualFiles() {
    String[] statements = {
      "CREATE TABLE a (id int PRIMARY KEY, name text)",
      "CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a)",
      "CREATE TABLE c (id int, a_id int REFERENCES a, b_id int NOT NULL REFERENCES b)",
    };
    var one = Documents.of(Change.none(read(new Bench(statements))), "equal", Optional.empty());
    var other = Documents.of(Change.none(read(new Bench(statements))), "equal", Optional.empty());
    assertThat(other.keySet())
        .isEqualTo(one.keySet())
        .contains("diagrams/01-a.svg", "diagrams/01-a.png");
    one.forEach((name, content) -> assertThat(other.get(name)).as(name).isEqualTo(content));
  }

  @Test
  void whatThereIsNoTimeToDrawHasItsText() {
    var bench = new Bench("CREATE TABLE t (id int)");
    Map<String, byte[]> files =
        Documents.of(Change.none(read(bench)), "t", Optional.empty(), Duration.ZERO);
    assertThat(files.keySet()).containsExactly("README.md", "dictionary.md", "diagrams/01-t.mmd");
    assertThat(text(files).get("README.md")).contains("no picture: too many for the time");
  }

  @Test
  void anEmptyDatabaseHasADictionaryOfNothing() {
    var bench = new Bench("SELECT 1");
    assertThatCode(
            () ->
                assertThat(Documents.of(Change.none(read(bench)), "e", Optional.empty()).keySet())
                    .containsExactly("README.md", "dictionary.md"))
        .doesNotThrowAnyException();
  }
}
