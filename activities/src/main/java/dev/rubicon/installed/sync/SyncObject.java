package dev.rubicon.installed.sync;

import java.util.Optional;
import java.util.Set;

/**
 * One catalog object that keeps both sides in step, or could keep a write from the other side.
 *
 * @param root OID of the transition's relation that it belongs to, on either side; 0 for what is
 *     the engine's own (functions, views)
 * @param relation OID of the relation that it hangs on: {@code root}, or one of its partitions
 * @param named that relation's name, for messages
 * @param name of the object itself, within its kind and relation
 * @param shape what it must look like; the same after it was dropped and created again alike
 * @param version its OID and the transaction that wrote its catalog row: another one after any
 *     change, also one that was taken back. 32 bits of the transaction's id are enough: it is only
 *     asked whether it is still the same
 * @param creation a trigger's {@code CREATE} statement without its relation's name, which stands
 *     between both halves; empty for what comes with another
 * @param always false for a trigger that does not fire in every session, as the catalog has it now
 * @param own whether the transaction that reads has itself written it
 */
public record SyncObject(
    Kind kind,
    long root,
    long relation,
    String named,
    String name,
    String shape,
    String version,
    Optional<Creation> creation,
    boolean always,
    boolean own) {

  /** Names of functions and views of one transition hold the eight digits of its id. */
  private static final String OF_A_PLAN = ".*_[0-9a-f]{8}(_.*|\\(.*)?";

  /** Both halves of a {@code CREATE TRIGGER} statement. */
  record Creation(String before, String after) {
    String on(String relation) {
      return before + " ON " + relation + " " + after;
    }
  }

  /** What it is; its word stands in messages. */
  public enum Kind {
    TRIGGER,
    FUNCTION,
    VIEW,
    /** A column's default that calls a function of the engine's. */
    DEFAULT,
    /** A rule of the owner's on a relation: it may send writes elsewhere. */
    RULE,
    /** Row security of the owner's: it may hide rows from the engine's functions. */
    POLICY,
    /** The relation itself: its owner, and whether its row security is on. */
    RELATION;

    /** Whether the engine installs it, so that it can say what it must look like. */
    boolean installed() {
      return switch (this) {
        case TRIGGER, FUNCTION, VIEW, DEFAULT -> true;
        case RULE, POLICY, RELATION -> false;
      };
    }

    /** Whether it hangs on a relation of the owner's. */
    boolean onRelation() {
      return this != FUNCTION && this != VIEW;
    }
  }

  /** What identifies it. */
  record Key(Kind kind, long relation, String name) {}

  Key key() {
    return new Key(kind, relation, name);
  }

  /**
   * Whether a transition needs it; a function that is not named after one serves all.
   *
   * @param id of the transition's plan, which stands in the names of its functions
   * @param roots OIDs of its relations
   */
  public boolean concerns(String id, Set<Long> roots) {
    return kind.onRelation() ? roots.contains(root) : name.contains(id) || !name.matches(OF_A_PLAN);
  }

  /** For messages: {@code trigger ~rubicon_2_sync of public.t}. */
  public String described() {
    return switch (kind) {
      case RELATION -> "owner or row security of " + named;
      case FUNCTION, VIEW -> kind.name().toLowerCase(java.util.Locale.ROOT) + " rubicon." + name;
      case DEFAULT -> "default of " + named + "." + name;
      case TRIGGER, RULE, POLICY ->
          kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name + " of " + named;
    };
  }
}
