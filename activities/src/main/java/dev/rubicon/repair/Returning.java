package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.repair.sql.Closure;
import dev.rubicon.repair.sql.Side;
import java.util.Optional;
import java.util.Set;

/**
 * What must go for a change, and whether and how it comes back afterwards.
 *
 * @param dropped names of what the runbook disposes of
 */
record Returning(Side from, Side to, Closure closure, Set<String> dropped) {

  /** What is extra and stays comes back as it was, if everything that it needs is there then. */
  void refuseWhatCannot() {
    closure
        .goes()
        .forEach(
            (name, causes) -> {
              boolean asItWas = form(name).filter(side -> side == from).isPresent();
              if (asItWas) {
                from.uses(name).stream()
                    .filter(used -> closure.goes().containsKey(used) && form(used).isEmpty())
                    .findFirst()
                    .ifPresent(
                        used ->
                            causes.forEach(
                                cause ->
                                    closure.refuse(
                                        cause, name + " is in the way, and not disposed of")));
              }
            });
  }

  /** Which side's form an entry that goes comes back in; none if it stays away. */
  Optional<Side> form(String name) {
    if (to.has(name)) {
      return Optional.of(to);
    }
    CatalogEntry entry = from.find(name).orElseThrow();
    boolean withOther =
        closure.goes().containsKey(entry.of()) && form(entry.of()).isEmpty()
            || from.inheritedFrom(name)
                .filter(parent -> closure.goes().containsKey(parent))
                .filter(parent -> form(parent).isEmpty() || parent.startsWith("column:"))
                .isPresent();
    return dropped.contains(name) || withOther ? Optional.empty() : Optional.of(from);
  }
}
