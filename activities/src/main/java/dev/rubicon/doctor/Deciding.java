package dev.rubicon.doctor;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.RubiconException;
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
    if (people == 0) {
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
          people
              + " have tokens, but nothing signs what they decide: an approval is marked"
              + " unverified, and is no second person's",
          "openssl genpkey -algorithm ed25519 -out decisions.key; chmod 600 decisions.key; then"
              + " signing: {key: decisions.key}");
    }
    return Diagnosis.ok(
        NAME,
        people
            + (people == 1 ? " person has a token" : " people have tokens")
            + (config.signing().key().isPresent()
                ? "; this worker signs what they decide"
                : "; this worker signs nothing, and believes others' keys"));
  }
}
