package dev.rubicon.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.config.ConfigReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.issuer.TestIssuer;
import dev.rubicon.signing.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** doctor says whether an approval counts before somebody gives one in vain. */
class DecidingTest {
  private static final String TOKENS =
      "http: {tokens: {ann: \"sha256:" + "ab".repeat(32) + "\"}}\n";

  @TempDir Path folder;

  private Diagnosis examined(String yaml) throws IOException {
    Path file = folder.resolve("rubicon.yaml");
    Files.writeString(
        file,
        """
        targets: {prod: {url: "jdbc:postgresql://127.0.0.1:1/none", user: u, password: "${P}"}}
        staging: {url: "jdbc:postgresql://127.0.0.1:1/none", user: u, password: "${P}"}
        ledger: {url: "jdbc:postgresql://127.0.0.1:1/none", user: u, password: "${P}"}
        object-store: {region: r, bucket: b}
        temporal: {address: "127.0.0.1:1"}
        """
            + yaml);
    return Deciding.of(ConfigReader.read(file, Map.of("P", "x")));
  }

  private void key(String permissions) throws IOException {
    Path key = folder.resolve("decisions.key");
    Files.writeString(key, KeyFiles.generate());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void withoutTokensNobodyIsASecondPerson() throws IOException {
    Diagnosis found = examined("");
    assertThat(found.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
    assertThat(found.what()).contains("unverified");
    assertThat(found.next()).contains("http: tokens").contains("trusted-host");
  }

  @Test
  void tokensThatNothingSigns() throws IOException {
    Diagnosis found = examined(TOKENS);
    assertThat(found.verdict()).isEqualTo(Diagnosis.Verdict.WARNING);
    assertThat(found.next()).contains("signing: {key: decisions.key}");
  }

  @Test
  void tokensAndAKey() throws IOException {
    key("rw-------");
    Diagnosis found = examined(TOKENS + "signing: {key: decisions.key}\n");
    assertThat(found.verdict()).isEqualTo(Diagnosis.Verdict.OK);
    assertThat(found.what()).contains("1 person").contains("signs");
  }

  @Test
  void aKeyThatOthersCanReadIsNone() throws IOException {
    key("rw-r--r--");
    assertThatThrownBy(() -> examined(TOKENS + "signing: {key: decisions.key}\n"))
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
  }

  @Test
  void whereThisMachineIsTrusted() throws IOException {
    assertThat(examined("identity: trusted-host\n").verdict()).isEqualTo(Diagnosis.Verdict.OK);
  }

  /** Where its keys cannot be had, nobody whom it knows can decide: doctor says it before them. */
  @Test
  void anIssuerThatCannotBeReached() throws IOException {
    var issuer = TestIssuer.start();
    try {
      String yaml =
          "http: {roles: {ann: [approver]}, issuers: [{issuer: \""
              + issuer.url()
              + "\", audience: r}]}\n";
      key("rw-------");
      assertThat(examined(yaml + "signing: {key: decisions.key}\n"))
          .extracting(Diagnosis::verdict, Diagnosis::what)
          .containsExactly(
              Diagnosis.Verdict.OK, "1 issuer knows people; this worker signs what they decide");
      assertThat(issuers().verdict()).isEqualTo(Diagnosis.Verdict.OK);
      assertThat(issuers().what()).isEqualTo("it shows 1 public keys");
      issuer.close();
      assertThat(issuers().verdict()).isEqualTo(Diagnosis.Verdict.FAILED);
      assertThat(issuers().what()).contains(issuer.url(), "cannot be fetched");
    } finally {
      issuer.close();
    }
  }

  private Diagnosis issuers() {
    var examination = new Examination();
    Deciding.issuers(
        ConfigReader.read(folder.resolve("rubicon.yaml"), Map.of("P", "x")), examination);
    return examination.found().getFirst();
  }
}
