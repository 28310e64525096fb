package dev.rubicon.ledger;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One entry of the audit trail, as the ledger holds it.
 *
 * @param seq without gaps, from 1, for the whole ledger
 * @param rollout empty where the entry is about none
 * @param detail JSON, as PostgreSQL prints it
 * @param prevHash of the entry before; 64 zeros for the first
 * @param hash SHA-256 over all the rest
 */
public record AuditEntry(
    long seq,
    Instant at,
    String rollout,
    String actor,
    String action,
    String detail,
    String idempotencyKey,
    String prevHash,
    String hash) {
  static final String GENESIS = "0".repeat(64);

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** What {@link #hash} must be; the same as the function {@code audit_hash} in the database. */
  public String computedHash() {
    String encoded =
        List.of(
                Long.toString(seq),
                MICROS.format(at),
                rollout,
                actor,
                action,
                detail,
                idempotencyKey,
                prevHash)
            .stream()
            .map(field -> field.getBytes(StandardCharsets.UTF_8).length + ":" + field)
            .collect(Collectors.joining(","));
    return sha256(encoded.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new RubiconException(ErrorCode.INTERNAL, "this JDK lacks SHA-256", "rubicon doctor", e);
    }
  }
}
