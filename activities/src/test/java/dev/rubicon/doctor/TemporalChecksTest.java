package dev.rubicon.doctor;

import static dev.rubicon.doctor.DoctorFixture.config;
import static dev.rubicon.doctor.DoctorFixture.superuser;
import static dev.rubicon.doctor.DoctorFixture.temporal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.stack.DevTemporal;
import dev.rubicon.stack.EmbeddedS3;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.workflow.Attributes;
import io.temporal.api.enums.v1.IndexedValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds of Temporal. */
@Turn
class TemporalChecksTest {
  @TempDir static Path folder;
  private static EmbeddedS3 s3;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start(folder.resolve("s3"), 0, "bucket", "key", "secret");
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @Test
  void aRealTemporalServerIsExaminedToTheEnd() {
    assumeTrue(DevTemporal.program().isPresent(), "not run: no temporal program on the PATH");
    String database = SharedPostgres.freshDatabase("doctor");
    try (var bare = DevTemporal.start(folder.resolve("bare.db"), 0, 0, List.of("RubiconPhase"))) {
      List<Diagnosis> found = Doctor.examine(config(superuser(database), s3, bare.address()));

      Diagnosis attributes = found.getLast();
      assertThat(attributes.verdict()).isEqualTo(Diagnosis.Verdict.FAILED);
      assertThat(attributes.what())
          .startsWith("SEARCH_ATTRIBUTE_MISSING")
          .contains("RubiconTarget")
          .doesNotContain("RubiconPhase");
      assertThat(attributes.next())
          .contains("temporal operator search-attribute create --namespace default")
          .contains("--name RubiconTarget --type Keyword");
      assertThat(found)
          .filteredOn(d -> d.name().equals("temporal: reachable"))
          .singleElement()
          .satisfies(d -> assertThat(d.what()).contains(", server 1."));
      assertThat(found)
          .filteredOn(d -> d.name().equals("temporal: retention"))
          .singleElement()
          .satisfies(d -> assertThat(d.what()).containsAnyOf("hours", "days"));
    }
  }

  @Test
  void aNamespaceThatIsNotThereComesWithTheCommandThatCreatesIt() {
    assumeTrue(DevTemporal.program().isPresent(), "not run: no temporal program on the PATH");
    try (var server = DevTemporal.start(folder.resolve("ns.db"), 0, 0, List.of())) {
      var examination = new Examination();
      TemporalChecks.examine(temporal(server.address(), "nowhere"), examination);

      assertThat(examination.found())
          .filteredOn(d -> d.name().equals("temporal: namespace"))
          .singleElement()
          .satisfies(
              d -> {
                assertThat(d.verdict()).isEqualTo(Diagnosis.Verdict.FAILED);
                assertThat(d.next())
                    .isEqualTo("temporal operator namespace create --retention 30d nowhere");
              });
    }
  }

  @Test
  void aSearchAttributeOfAnotherTypeIsRefused() {
    var registered = new LinkedHashMap<String, IndexedValueType>();
    Attributes.NAMES.forEach(n -> registered.put(n, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
    assertThat(TemporalChecks.attributes("default", registered).verdict())
        .isEqualTo(Diagnosis.Verdict.OK);

    registered.put("RubiconPhase", IndexedValueType.INDEXED_VALUE_TYPE_TEXT);
    assertThat(TemporalChecks.attributes("default", registered).what())
        .contains("RubiconPhase is registered with another type");
  }

  @Test
  void aRetentionTooShortForAnAuditIsAWarning() {
    assertThat(TemporalChecks.retention("n", Duration.ofDays(7)).verdict())
        .isEqualTo(Diagnosis.Verdict.OK);
    assertThat(TemporalChecks.retention("n", Duration.ofDays(3)))
        .satisfies(
            d -> {
              assertThat(d.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
              assertThat(d.next())
                  .isEqualTo("temporal operator namespace update --retention 30d n");
            });
  }
}
