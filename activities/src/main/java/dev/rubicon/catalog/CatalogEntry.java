package dev.rubicon.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;

/**
 * One object, or one part of one, with its definition as PostgreSQL prints it.
 *
 * @param schema empty for what concerns the whole database
 * @param object the relation, type or routine (with its argument types); empty for a schema
 * @param part the column, constraint, index, trigger, grantee …; empty for the object itself
 * @param definition never depends on search path, session settings, owner or OIDs
 * @param valid false for an invalid index and for a constraint that is NOT VALID
 * @param of name of the entry that this one cannot exist without, {@code kind:schema.object.part};
 *     empty when it stands by itself
 */
public record CatalogEntry(
    ObjectKind kind,
    String schema,
    String object,
    String part,
    String definition,
    boolean valid,
    String of)
    implements Comparable<CatalogEntry> {

  private static final Comparator<CatalogEntry> ORDER =
      Comparator.comparing(CatalogEntry::kind)
          .thenComparing(CatalogEntry::schema)
          .thenComparing(CatalogEntry::object)
          .thenComparing(CatalogEntry::part)
          .thenComparing(CatalogEntry::definition);

  /** {@code kind:schema.object.part}, empty parts left out: what a finding's id ends with. */
  @JsonIgnore
  public String name() {
    return kind.word() + ":" + qualified();
  }

  /** {@code schema.object.part}, empty parts left out. */
  @JsonIgnore
  public String qualified() {
    var name = new StringBuilder(schema);
    for (String next : new String[] {object, part}) {
      if (!next.isEmpty()) {
        name.append(name.isEmpty() ? "" : ".").append(next);
      }
    }
    return name.toString();
  }

  @Override
  public int compareTo(CatalogEntry other) {
    return ORDER.compare(this, other);
  }
}
