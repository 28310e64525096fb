package dev.rubicon.message;

import java.util.Locale;

/**
 * What a worker makes of the proof beside a decision; the caller's own word for it is not heard.
 */
public enum Identity {
  /** Signed by a worker that knew the person. */
  VERIFIED,
  /** Signed by a worker whose machine is trusted to say who its users are. */
  TRUSTED_HOST,
  /** The caller said who it is, and nobody checked that. */
  UNVERIFIED,
  /** Not signed by a worker that is trusted, or signed for something else. */
  FORGED,
  /** Made before proofs were checked. */
  UNKNOWN;

  /** Whether somebody known so can be the second person that an approval needs. */
  public boolean counts() {
    return switch (this) {
      case VERIFIED, TRUSTED_HOST, UNKNOWN -> true;
      case UNVERIFIED, FORGED -> false;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
