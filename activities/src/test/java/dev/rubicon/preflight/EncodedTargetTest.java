package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.SharedPostgres;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Names beyond ASCII on a target that is not UTF-8: the plan copies them into databases that are.
 */
class EncodedTargetTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"LATIN1,Größe", "EUC_JP,寸法"})
  void itsSchemaIsCopiedAndTheRolloutTried(String encoding, String word) {
    String name = SharedPostgres.freshName("encoded");
    try (PgSession session = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      session.execute(
          "CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'"
              .formatted(name, encoding));
    }
    Target target = CatalogSamples.target(name);
    CatalogSamples.run(
        target,
        """
        CREATE TABLE public."%1$s" (id int PRIMARY KEY, "%1$s" text CHECK ("%1$s" <> '%1$s'));
        INSERT INTO public."%1$s" VALUES (1, 'a');
        """
            .formatted(word));
    var bundle =
        PreflightSamples.bundle(
            folder,
            """
            CREATE TABLE public."%1$s" (id int PRIMARY KEY, "%1$s" text CHECK ("%1$s" <> '%1$s'),
              "neu %1$s" text DEFAULT '%1$s');
            """
                .formatted(word),
            """
            ALTER TABLE public."%1$s" ADD "neu %1$s" text DEFAULT '%1$s';
            """
                .formatted(word),
            """
            ALTER TABLE public."%1$s" DROP "neu %1$s";
            """
                .formatted(word),
            "");
    var facts =
        new Preflight(PreflightSamples.staging(), Optional.empty())
            .run(PreflightSamples.context(bundle, target, new KeptEvidence()));
    assertThat(facts.open()).isEmpty();
  }
}
