package dev.rubicon.signing;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.SignedText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Signs what people decide, with the key of {@code signing.key}; without one, nothing is signed.
 */
public final class Signer {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Optional<PrivateKey> key;

  private Signer(Optional<PrivateKey> key) {
    this.key = key;
  }

  public static Signer of(RubiconConfig.Signing signing) {
    return new Signer(signing.key().map(file -> KeyFiles.pair(file).getPrivate()));
  }

  /**
   * @param workflowId of the execution that is addressed
   * @param rollout that it carries out
   * @param knownBy how the person was known
   */
  public Decision sign(String workflowId, String rollout, Decision decision, String knownBy) {
    Decision prepared = decision.with(decision.by().with(fresh(knownBy)));
    Proof signed = signed(prepared.by().proof(), SignedText.of(workflowId, rollout, prepared));
    return prepared.with(prepared.by().with(signed));
  }

  public RolloutRequest sign(String workflowId, RolloutRequest request, String knownBy) {
    RolloutRequest prepared = request.with(fresh(knownBy));
    return prepared.with(signed(prepared.proof(), SignedText.of(workflowId, prepared)));
  }

  private static Proof fresh(String knownBy) {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return new Proof(knownBy, Instant.now(), HexFormat.of().formatHex(nonce), "");
  }

  private Proof signed(Proof proof, String text) {
    if (key.isEmpty()) {
      return proof;
    }
    try {
      Signature signature = Signature.getInstance(KeyFiles.ALGORITHM);
      signature.initSign(key.get());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return proof.signed(Base64.getEncoder().encodeToString(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the decision cannot be signed", e);
    }
  }
}
