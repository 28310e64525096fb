package dev.rubicon.signing;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The public keys whose signatures a worker believes, and what it makes of a proof. */
public final class TrustedKeys {
  private final List<PublicKey> keys;
  private final boolean trustsHost;

  private TrustedKeys(List<PublicKey> keys, boolean trustsHost) {
    this.keys = List.copyOf(keys);
    this.trustsHost = trustsHost;
  }

  /** Those of {@code signing.trusted}, and the worker's own. */
  public static TrustedKeys of(RubiconConfig config) {
    return of(config.signing());
  }

  public static TrustedKeys of(RubiconConfig.Signing signing) {
    List<PublicKey> keys = new ArrayList<>();
    signing.trusted().forEach(file -> keys.add(KeyFiles.trusted(file)));
    signing.key().ifPresent(file -> keys.add(KeyFiles.pair(file).getPublic()));
    return new TrustedKeys(keys, signing.trustsHost());
  }

  /** Whether anything can be signed at all. */
  public boolean any() {
    return !keys.isEmpty();
  }

  /**
   * @param text what was to be signed
   */
  public Identity identify(String text, Proof proof) {
    if (keys.isEmpty()) {
      // Nothing could be signed, so nothing shows who it is.
      return trustsHost ? Identity.TRUSTED_HOST : Identity.UNVERIFIED;
    }
    if (keys.stream().noneMatch(key -> verifies(key, text, proof.signature()))) {
      return Identity.FORGED;
    }
    if (!proof.knownBy().equals(Proof.ASSERTED)) {
      return Identity.VERIFIED;
    }
    return trustsHost ? Identity.TRUSTED_HOST : Identity.UNVERIFIED;
  }

  private static boolean verifies(PublicKey key, String text, String signature) {
    try {
      Signature check = Signature.getInstance(KeyFiles.ALGORITHM);
      check.initVerify(key);
      check.update(text.getBytes(StandardCharsets.UTF_8));
      return check.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException notOne) {
      return false;
    }
  }
}
