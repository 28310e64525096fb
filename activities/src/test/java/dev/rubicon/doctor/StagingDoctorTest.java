package dev.rubicon.doctor;

import static dev.rubicon.doctor.DoctorFixture.execute;
import static dev.rubicon.doctor.DoctorFixture.objectStore;
import static dev.rubicon.doctor.DoctorFixture.superuser;
import static dev.rubicon.doctor.DoctorFixture.temporal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.backup.Manifest;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the doctor finds on the staging server. */
@Turn
class StagingDoctorTest {
  @Test
  void whatAPlanCouldReachFromStagingIsAWarning() {
    String database = SharedPostgres.freshDatabase("doctor");
    execute(
        database,
        """
        DROP ROLE IF EXISTS doctor_plain; DROP ROLE IF EXISTS doctor_strong;
        CREATE ROLE doctor_plain LOGIN CREATEDB PASSWORD 'x';
        CREATE ROLE doctor_strong LOGIN CREATEDB CREATEROLE PASSWORD 'x';
        GRANT pg_signal_backend TO doctor_strong;
        """);
    try {
      assertThat(boundary(database, "doctor_plain"))
          .returns(Diagnosis.Verdict.OK, Diagnosis::verdict);
      Diagnosis strong = boundary(database, "doctor_strong");
      assertThat(strong.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
      assertThat(strong.what()).contains("CREATEROLE, pg_signal_backend");
      for (String remedy : strong.next().split("; ")) {
        if (remedy.startsWith("ALTER") || remedy.startsWith("REVOKE")) {
          execute(database, remedy);
        }
      }
      assertThat(boundary(database, "doctor_strong"))
          .returns(Diagnosis.Verdict.OK, Diagnosis::verdict);
    } finally {
      execute(database, "DROP ROLE doctor_plain; DROP ROLE doctor_strong");
    }
  }

  private static Diagnosis boundary(String database, String user) {
    Target all = superuser(database);
    var staging = new Target("staging", all.url(), user, new Secret("x"), Map.of());
    List<Diagnosis> found =
        Doctor.examine(
            new RubiconConfig(
                Map.of("prod", all),
                staging,
                all,
                objectStore("http://127.0.0.1:1", "bucket", "secret"),
                temporal("127.0.0.1:1"),
                new RubiconConfig.Http("127.0.0.1", 0, Map.of()),
                new RubiconConfig.Notifications(Optional.empty()),
                Duration.ofSeconds(30),
                Optional.empty()));
    assertThat(found)
        .filteredOn(d -> d.name().equals("staging: server"))
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
              assertThat(d.what()).contains("'prod'");
            });
    return found.stream()
        .filter(d -> d.name().equals("staging: boundary"))
        .findFirst()
        .orElseThrow();
  }

  /** What the target's database has, found on a staging server where a role may do little. */
  private static List<Diagnosis> needs(
      String staging, String user, StagingNeeds needs, boolean clones) {
    Target all = superuser(staging);
    var examination = new Examination();
    try (PgSession session =
        PgSession.open(
            new Target("staging", all.url(), user, new Secret("x"), Map.of()),
            Doctor.TAG,
            SessionLimits.SHORT)) {
      needs.examine("prod", session, clones, examination);
    }
    return examination.found();
  }

  private static StagingNeeds of(String database) {
    try (PgSession session = PgSession.open(superuser(database), Doctor.TAG, SessionLimits.SHORT)) {
      return StagingNeeds.of(session);
    }
  }

  private static Diagnosis named(List<Diagnosis> found, String name, Diagnosis.Verdict verdict) {
    return found.stream()
        .filter(d -> d.name().equals(name) && d.verdict() == verdict)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + found));
  }

  @Test
  void ownersThatStagingsRoleCannotActAsAreOneStatement() {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "needs_" + ProcessHandle.current().pid();
    execute(
        database,
        """
        CREATE ROLE %1$s LOGIN CREATEDB PASSWORD 'x';
        CREATE ROLE %1$s_a; CREATE ROLE "%1$s B"; CREATE ROLE %1$s_reader; CREATE ROLE %1$s_mine ROLE %1$s;
        CREATE EXTENSION pg_stat_statements SCHEMA public;
        CREATE TABLE public.a (); CREATE TABLE public.b (); CREATE TABLE public.c (); CREATE TABLE public.mine ();
        ALTER TABLE public.a OWNER TO %1$s_a; ALTER TABLE public.b OWNER TO "%1$s B";
        ALTER TABLE public.c OWNER TO "%1$s B"; ALTER TABLE public.mine OWNER TO %1$s_mine;
        GRANT SELECT ON public.mine TO %1$s_reader;
        ALTER DATABASE %2$s OWNER TO %1$s_a;
        """
            .formatted(role, database));
    StagingNeeds needs = of(database);
    if (majorOf(database) >= 15) {
      // Before, the first superuser owns schema public.
      assertThat(needs.roles())
          .as("whom an extension's own views belong to")
          .doesNotContain(SharedPostgres.server().superuser());
    }
    var more =
        new StagingNeeds(
            needs.database(),
            Stream.concat(needs.roles().stream(), Stream.of(role + "_gone")).toList(),
            Map.of(),
            List.of());

    Diagnosis lacking =
        named(
            needs(database, role, more, true), "staging: roles of prod", Diagnosis.Verdict.FAILED);

    assertThat(lacking.what()).startsWith("PRIVILEGE_MISSING");
    assertThat(lacking.next())
        .endsWith(
            "CREATE ROLE \"%1$s_gone\" NOLOGIN; GRANT \"%1$s B\", \"%1$s_a\", \"%1$s_gone\","
                .concat(" \"%1$s_reader\" TO \"%1$s\";")
                .formatted(role));
    assertThat(needs(database, role, more, false))
        .as("where nothing is cloned")
        .noneMatch(d -> d.name().equals("staging: roles of prod"));
    execute(database, lacking.next().substring(lacking.next().indexOf(": ") + 2));
    named(needs(database, role, more, true), "staging: roles of prod", Diagnosis.Verdict.OK);
    // The other way to have them: who may create roles and grant itself makes placeholders.
    execute(
        database,
        "REVOKE %1$s_a FROM %1$s; DROP ROLE %1$s_gone; ALTER ROLE %1$s CREATEROLE".formatted(role));
    boolean grantsItself = majorOf(database) < 16;
    named(
        needs(database, role, more, true),
        "staging: roles of prod",
        grantsItself ? Diagnosis.Verdict.OK : Diagnosis.Verdict.FAILED);
  }

  private static int majorOf(String database) {
    try (PgSession session = PgSession.open(superuser(database), Doctor.TAG, SessionLimits.SHORT)) {
      return Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
    }
  }

  @Test
  void extensionsThatStagingLacksOrHasInAnotherVersion() {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "ext_" + ProcessHandle.current().pid();
    execute(
        database,
        """
        CREATE ROLE %1$s LOGIN CREATEDB PASSWORD 'x';
        CREATE EXTENSION hstore SCHEMA public VERSION '1.6'; CREATE EXTENSION pg_stat_statements SCHEMA public;
        """
            .formatted(role));
    StagingNeeds needs = of(database);
    String name = "staging: extensions of prod";

    Diagnosis refused = named(needs(database, role, needs, true), name, Diagnosis.Verdict.FAILED);
    assertThat(refused.what())
        .startsWith("PRIVILEGE_MISSING")
        .contains("pg_stat_statements")
        .doesNotContain("hstore");
    Diagnosis other = named(needs(database, role, needs, true), name, Diagnosis.Verdict.WARNING);
    assertThat(other.what())
        .contains("hstore")
        .contains("the target has 1.6")
        .doesNotContain("pg_stat");
    assertThat(other.next()).isNotBlank();

    var postgis =
        new StagingNeeds(needs.database(), List.of(), Map.of("postgis", "3.4"), List.of("fast"));
    List<Diagnosis> found = needs(database, role, postgis, false);
    assertThat(named(found, name, Diagnosis.Verdict.FAILED).what())
        .startsWith("STAGING_LACKS")
        .contains("postgis");
    assertThat(named(found, "staging: tablespaces of prod", Diagnosis.Verdict.WARNING))
        .satisfies(
            d -> {
              assertThat(d.what()).contains("fast");
              assertThat(d.next()).contains("CREATE TABLESPACE \"fast\"");
            });
  }

  @Test
  void aLocaleOrEncodingThatStagingCannotHave() {
    String database = SharedPostgres.freshDatabase("doctor");
    String role = "loc_" + ProcessHandle.current().pid();
    execute(database, "CREATE ROLE %1$s LOGIN CREATEDB PASSWORD 'x'".formatted(role));
    Manifest.DatabaseProperties real = of(database).database();
    named(
        needs(database, role, in(real, real.encoding(), real.collate()), true),
        "staging: encoding of prod",
        Diagnosis.Verdict.OK);

    List<Diagnosis> absent = needs(database, role, in(real, "UTF8", "xx_XX.UTF-8"), true);
    assertThat(named(absent, "staging: locale of prod", Diagnosis.Verdict.WARNING).next())
        .contains("locale-gen xx_XX.UTF-8");
    assertThat(needs(database, role, in(real, "UTF8", "xx_XX.UTF-8"), false))
        .noneMatch(d -> d.name().contains("locale"));

    List<Diagnosis> latin = needs(database, role, in(real, "LATIN1", "xx_XX.ISO-8859-1"), true);
    boolean fits = List.of("C", "POSIX").contains(real.collate());
    Diagnosis encoding =
        named(
            latin,
            "staging: encoding of prod",
            fits ? Diagnosis.Verdict.OK : Diagnosis.Verdict.FAILED);
    assertThat(encoding.what()).contains("LATIN1");
  }

  private static StagingNeeds in(Manifest.DatabaseProperties like, String encoding, String locale) {
    return new StagingNeeds(
        new Manifest.DatabaseProperties(
            like.name(),
            like.owner(),
            encoding,
            locale,
            locale,
            "c",
            "",
            -1,
            "",
            List.of(),
            List.of(),
            List.of()),
        List.of(),
        Map.of(),
        List.of());
  }
}
