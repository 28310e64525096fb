package dev.rubicon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.SharedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema, and the rows of named relations, as plain SQL beside the dump. */
@Tag("slow")
class BackupExportsTest {
  @TempDir static Path folder;

  @Test
  void theSchemaAndTheNamedRelationsLieBesideTheDump() throws Exception {
    String database = SharedPostgres.freshDatabase("exports");
    String url = TestRollout.target(SharedPostgres.server(), "prod", database).url();
    run(
        url,
        """
        CREATE TABLE public.calls (id bigserial PRIMARY KEY, status text);
        INSERT INTO public.calls (status) SELECT 'ended' FROM generate_series(1, 500);
        CREATE TABLE public."Odd ""Name" (id int, said text);
        INSERT INTO public."Odd ""Name" VALUES (1, 'so');
        CREATE TABLE public.usage (at date, n int) PARTITION BY RANGE (at);
        CREATE TABLE public.usage_2026 PARTITION OF public.usage FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO public.usage VALUES ('2026-05-01', 1), ('2026-06-01', 2);
        CREATE TABLE public.other (id int);
        INSERT INTO public.other VALUES (1);
        """);
    try (var s3 = EmbeddedS3.start(folder, 0, "bucket", "key", "secret-of-the-store")) {
      RubiconConfig config =
          TestRollout.config(
              SharedPostgres.server(), database, SharedPostgres.server(), s3.endpoint(), s3);
      var rollout = new TestRollout(config, "r1");
      try (ObjectStore store = ObjectStore.open(config.objectStore())) {
        Facts.Backup facts =
            new TakeBackup(store, config)
                .run(
                    rollout.context(
                        Phase.BACKUP,
                        """
                        backup: {exports: [public.calls, 'public."Odd ""Name"', public.usage, public.not_there]}
                        clone: backup
                        """));

        Manifest manifest = Manifest.parse(facts.key(), store.read(facts.key()));
        assertThat(manifest.exports())
            .extracting(Manifest.Export::of)
            .containsExactly("schema", "public.calls", "public.Odd \"Name", "public.usage");
        for (Manifest.Export export : manifest.exports()) {
          byte[] content = store.read(export.key());
          assertThat(content).hasSize(Math.toIntExact(export.bytes()));
          assertThat(Digests.sha256(content)).isEqualTo(export.sha256());
          assertThat(export.key()).startsWith("backups/prod/r1/exports/").endsWith(".sql");
        }
        List<String> texts =
            manifest.exports().stream().map(e -> new String(store.read(e.key()), UTF_8)).toList();
        assertThat(texts.getFirst())
            .contains("CREATE TABLE public.calls", "CREATE TABLE public.other")
            .doesNotContain("COPY ");
        assertThat(texts.get(1))
            .contains("COPY public.calls")
            .doesNotContain("COPY public.other", "CREATE TABLE");
        assertThat(texts.get(3)).contains("COPY public.usage_2026");
      }
    }
  }

  /** It has dump, script and manifest, and can be restored as before. */
  @Test
  void aManifestOfBeforeHasNone() {
    String json =
        new String(
            new Manifest(
                    Manifest.FORMAT,
                    "prod",
                    "r1",
                    "b",
                    "2026-01-01T00:00:00Z",
                    "15",
                    "15",
                    null,
                    new Manifest.Dump("k", 1, "s"),
                    List.of(),
                    List.of(),
                    null,
                    List.of(),
                    "f",
                    List.of(),
                    List.of())
                .toJson(),
            UTF_8);
    String before = json.replaceAll(",\\s*\"exports\" : \\[ \\]", "");
    assertThat(before).doesNotContain("exports");
    assertThat(Manifest.parse("k", before.getBytes(UTF_8)).exports()).isEmpty();
  }

  private static void run(String url, String sql) throws Exception {
    var server = SharedPostgres.server();
    try (Connection connection =
            DriverManager.getConnection(url, server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
