package dev.rubicon.ledger.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.connection.LedgerJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** What an entry that was brought back says of itself, in its detail. */
  public static final String RECONCILED = "reconciled";

  /** Run and activity, or the run of a contract's beginning or end. */
  private static final Pattern KEY =
      Pattern.compile("(?:contract/)?([0-9a-f]{8}-[0-9a-f-]{27})/[^/]+");

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

  /**
   * Of an entry that was lost with the ledger and brought back from Temporal's history.
   *
   * @param seq of the entry that was lost; 0 where it is not known
   * @param hash of that entry
   * @param from run and activity that had entered it
   * @param at when that was
   * @param by who brought it back
   */
  public record Reconciled(long seq, String hash, String from, String at, String by) {}

  /** Empty for an entry that is what it was. */
  public Optional<Reconciled> reconciled() {
    if (!detail.contains(RECONCILED)) {
      return Optional.empty();
    }
    JsonNode said = LedgerJson.read(detail).path(RECONCILED);
    return said.isObject()
        ? Optional.of(
            new Reconciled(
                said.path("seq").asLong(),
                said.path("hash").asText(),
                said.path("from").asText(),
                said.path("at").asText(),
                said.path("by").asText()))
        : Optional.empty();
  }

  /**
   * Whether it is this entry, brought back or not.
   *
   * @param but what of its detail may differ
   */
  boolean says(NewAuditEntry newEntry, String... but) {
    JsonNode said = LedgerJson.read(detail);
    // Through text: a number's type in Java makes no difference there.
    JsonNode must = LedgerJson.read(LedgerJson.write(newEntry.detail()));
    if (said instanceof ObjectNode object && must instanceof ObjectNode of) {
      object.remove(RECONCILED);
      object.remove(List.of(but));
      of.remove(List.of(but));
    }
    return rollout.equals(newEntry.rollout())
        && actor.equals(newEntry.actor())
        && action.equals(newEntry.action())
        && said.equals(must);
  }

  /** The Temporal run whose activity entered it; empty where the key names none. */
  String run() {
    Matcher matcher = KEY.matcher(key());
    return matcher.matches() ? matcher.group(1) : "";
  }

  /** Unique in its rollout. */
  String key() {
    return idempotencyKey.startsWith(rollout + "/")
        ? idempotencyKey.substring(rollout.length() + 1)
        : idempotencyKey;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new RubiconException(ErrorCode.INTERNAL, "this JDK lacks SHA-256", "rubicon doctor", e);
    }
  }
}
