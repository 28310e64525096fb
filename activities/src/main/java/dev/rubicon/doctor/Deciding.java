package dev.rubicon.doctor;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.RubiconException;
import dev.rubicon.issuer.TrustedIssuers;
import dev.rubicon.signing.TrustedKeys;

/** Whether an approval that is given through this configuration counts as a second person's. */
final class Deciding {
  private static final String NAME = "decisions";

  private Deciding() {}

  /**
   * @throws RubiconException CONFIG_INVALID where a key cannot be read, or others can read it
   */
  static Diagnosis of(RubiconConfig config) {
    int people = config.http().tokens().size();
    boolean signed = TrustedKeys.of(config).any();
    if (config.signing().trustsHost()) {
      return Diagnosis.ok(
          NAME,
          "identity: trusted-host: whoever this machine's users say they are counts as a person"
              + (signed ? ", and decisions are signed" : ""));
    }
    if (!config.http().knowsCallers()) {
      return Diagnosis.warning(
          NAME,
          "nobody has a token: an approval is marked unverified, and is no second person's",
          "give each person a token (http: tokens) and the worker a key (signing: key), as"
              + " docs/security.md has it; where one person does everything: identity:"
              + " trusted-host");
    }
    if (!signed) {
      return Diagnosis.warning(
          NAME,
          known(config, people)
              + ", but nothing signs what they decide: an approval is marked"
              + " unverified, and is no second person's",
          "openssl genpkey -algorithm ed25519 -out decisions.key; chmod 600 decisions.key; then"
              + " signing: {key: decisions.key}");
    }
    return Diagnosis.ok(
        NAME,
        known(config, people)
            + (config.signing().key().isPresent()
                ? "; this worker signs what they decide"
                : "; this worker signs nothing, and believes others' keys"));
  }

  private static String known(RubiconConfig config, int people) {
    int issuers = config.http().issuers().size();
    String tokens =
        people == 0 ? "" : people + (people == 1 ? " person has a token" : " people have tokens");
    String others =
        issuers == 0
            ? ""
            : issuers + (issuers == 1 ? " issuer knows people" : " issuers know people");
    return tokens + (tokens.isEmpty() || others.isEmpty() ? "" : "; ") + others;
  }

  /** Without an issuer's keys nobody whom it knows can decide anything. */
  static void issuers(RubiconConfig config, Examination examination) {
    var issuers = new TrustedIssuers(config.http());
    for (String name : issuers.names()) {
      examination.check(
          NAME + ": " + name, () -> "it shows " + issuers.keys(name) + " public keys");
    }
  }
}
