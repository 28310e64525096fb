package dev.rubicon.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without PostgreSQL's client tools, as far as PATH and package manager go. */
final class ClientToolsTest {
  @TempDir private Path machine;

  @Test
  void toolsThatAreThereAreTakenWithoutAWord() throws IOException {
    program("bin/pg_dump", "exit 0");
    program("bin/pg_restore", "exit 0");
    program("bin/apt-get", "touch " + machine.resolve("asked"));

    assertThat(ensured(true)).isEmpty();

    assertThat(machine.resolve("asked")).doesNotExist();
  }

  @Test
  void toolsInDebiansFolderOfAMajorVersionAreEnough() throws IOException {
    program("debian/17/bin/pg_dump", "exit 0");
    program("debian/17/bin/pg_restore", "exit 0");

    assertThat(ensured(false)).isEmpty();
  }

  @Test
  void rootWithAptGetsThemInstalled() throws IOException {
    program(
        "bin/apt-get",
        """
        echo "$DEBIAN_FRONTEND $*" >> %1$s/asked
        case "$*" in
          *install*) for tool in pg_dump pg_restore; do
            printf '#!/bin/sh\n' > %1$s/bin/$tool; chmod 755 %1$s/bin/$tool; done ;;
        esac
        """
            .formatted(machine));

    assertThat(ensured(true)).singleElement().asString().contains("installing");

    assertThat(Files.readAllLines(machine.resolve("asked")))
        .containsExactly(
            "noninteractive -q update",
            "noninteractive -q -y --no-install-recommends install postgresql-client");
  }

  @Test
  void whoMayNotInstallIsToldHowInOneLine() throws IOException {
    program("bin/apt-get", "touch " + machine.resolve("asked"));

    assertThatExceptionOfType(RubiconException.class)
        .isThrownBy(() -> ensured(false))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.PG_DUMP_MISSING);
              assertThat(e.next())
                  .contains("apt-get install -y postgresql-client")
                  .doesNotContain("\n");
            });
    assertThat(machine.resolve("asked")).doesNotExist();
  }

  @Test
  void rootWithoutAptIsToldHowToo() {
    assertThatExceptionOfType(RubiconException.class)
        .isThrownBy(() -> ensured(true))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PG_DUMP_MISSING));
  }

  @Test
  void anInstallationThatFailsNamesItsLog() throws IOException {
    program("bin/apt-get", "echo 'no network'; exit 100");

    assertThatExceptionOfType(RubiconException.class)
        .isThrownBy(() -> ensured(true))
        .withMessageContaining("-q update failed, see ")
        .satisfies(
            e -> {
              Path log = Path.of(e.getMessage().replaceAll(".*see ", ""));
              assertThat(log).content().contains("no network");
              Files.delete(log);
            });
  }

  private List<String> ensured(boolean root) {
    var told = new ArrayList<String>();
    new ClientTools(machine.resolve("bin").toString(), machine.resolve("debian"), root)
        .ensure(told::add);
    return told;
  }

  private void program(String name, String script) throws IOException {
    Path file = machine.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
