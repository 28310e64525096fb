package dev.rubicon.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What stood in some schemas of a database at one moment: sorted entries, and their fingerprint.
 *
 * @param entries sorted; equal lists mean equal schemas, whatever their history
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CatalogSnapshot(List<CatalogEntry> entries) {

  /** Instead of a definition, in what has changed. */
  static final String GONE = "gone";

  public CatalogSnapshot {
    entries = entries.stream().sorted().toList();
  }

  /**
   * SHA-256, hex, over the meaning of the schemas. Column order, attribute numbers, dropped
   * attributes, statistics, OIDs, owners and the spelling of a NULL ACL are no part of it: a column
   * added and dropped again leaves it as it was.
   */
  public String fingerprint() {
    MessageDigest digest = sha256();
    for (CatalogEntry entry : entries) {
      if (entry.kind() == ObjectKind.NOTE) {
        continue;
      }
      add(digest, entry.kind().word());
      add(digest, entry.schema());
      add(digest, entry.object());
      add(digest, entry.part());
      add(digest, entry.definition());
      digest.update((byte) (entry.valid() ? 1 : 0));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * What has changed since an earlier snapshot of the same schemas. Comparable between a database
   * and its restored copy, where whole snapshots are not: PostgreSQL prints some expressions
   * differently after dump and restore, so what went away counts by name only; and a dump leaves
   * out an invalid index, so one that went away, or came to be valid, was never there.
   */
  public CatalogSnapshot changesSince(CatalogSnapshot before) {
    var came = new ArrayList<>(entries);
    came.removeAll(new HashSet<>(before.entries));
    var names = entries.stream().map(CatalogEntry::name).collect(Collectors.toSet());
    before.entries.stream()
        .filter(entry -> entry.valid() || entry.kind() != ObjectKind.INDEX)
        .filter(entry -> !names.contains(entry.name()))
        .map(e -> new CatalogEntry(e.kind(), e.schema(), e.object(), e.part(), GONE, true, ""))
        .forEach(came::add);
    return new CatalogSnapshot(came);
  }

  /** The snapshot without the entries that match, e.g. what Rubicon itself installed. */
  public CatalogSnapshot without(Predicate<CatalogEntry> leftOut) {
    return new CatalogSnapshot(entries.stream().filter(leftOut.negate()).toList());
  }

  public List<CatalogEntry> of(ObjectKind kind) {
    int next = kind.ordinal() + 1;
    ObjectKind[] kinds = ObjectKind.values();
    return entries.subList(
        from(kind, "", "", ""),
        next < kinds.length ? from(kinds[next], "", "", "") : entries.size());
  }

  /** What an object has of a kind. */
  public List<CatalogEntry> of(ObjectKind kind, String schema, String object) {
    // No name holds a NUL: this is the first name behind the object's.
    return entries.subList(from(kind, schema, object, ""), from(kind, schema, object + "\0", ""));
  }

  /**
   * @param part empty for the object itself
   */
  public Optional<CatalogEntry> find(ObjectKind kind, String schema, String object, String part) {
    int at = from(kind, schema, object, part);
    return at < entries.size()
            && CatalogChange.Key.of(entries.get(at))
                .equals(new CatalogChange.Key(kind, schema, object, part))
        ? Optional.of(entries.get(at))
        : Optional.empty();
  }

  /** Where the entries of that name begin: an empty definition sorts before all others. */
  private int from(ObjectKind kind, String schema, String object, String part) {
    int at =
        Collections.binarySearch(
            entries, new CatalogEntry(kind, schema, object, part, "", true, ""));
    return at < 0 ? ~at : at;
  }

  /** The length before each text keeps neighbours apart: ("ab", "c") is not ("a", "bc"). */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
