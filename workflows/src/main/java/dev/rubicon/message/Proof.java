package dev.rubicon.message;

import java.time.Instant;

/**
 * What a worker's HTTP API adds to a decision or a launch: how it knew the person, and its
 * signature over all of it ({@link SignedText}).
 *
 * @param knownBy how the person was known, e.g. {@code token}; {@link #ASSERTED} where only the
 *     caller says who it is
 * @param at when it was signed
 * @param nonce random; one that was used before is refused
 * @param signature base64; empty where no key is configured
 */
public record Proof(String knownBy, Instant at, String nonce, String signature) {
  /** The caller says who it is, and nothing shows that it is so. */
  public static final String ASSERTED = "asserted";

  /** By a token of its own. */
  public static final String TOKEN = "token";

  /** What nobody signed. */
  public static final Proof NONE = new Proof("", Instant.EPOCH, "", "");

  public Proof {
    knownBy = knownBy == null ? "" : knownBy;
    at = at == null ? Instant.EPOCH : at;
    nonce = nonce == null ? "" : nonce;
    signature = signature == null ? "" : signature;
  }

  public Proof signed(String with) {
    return new Proof(knownBy, at, nonce, with);
  }
}
