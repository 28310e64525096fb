package dev.rubicon.message;

import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decisions of humans about a running rollout; each has one author and is carried out once. */
public sealed interface Decision {

  By by();

  /** What is decided, as audit trail and refusals name it, e.g. {@code approve cutover}. */
  String action();

  /**
   * Who decided, why, and for how long the decision may be carried out.
   *
   * @param principal who decides
   * @param reason why; stands in the audit trail
   * @param run id of the Temporal run that was addressed. A Reset begins another run, and the
   *     server offers it the decisions made behind the reset point once more: it refuses them
   * @param expires from then on the decision is refused, so that one whose sender gave up waiting
   *     is not carried out hours later, when a worker is back
   * @param proof what shows that it is this person
   * @param identity what a worker made of the proof; what a sender writes here is not heard
   */
  record By(
      String principal,
      String reason,
      String run,
      Instant expires,
      Proof proof,
      Identity identity) {
    public By {
      // Histories of before have neither.
      proof = proof == null ? Proof.NONE : proof;
      identity = identity == null ? Identity.UNKNOWN : identity;
    }

    /** Nobody has signed it yet. */
    public By(String principal, String reason, String run, Instant expires) {
      this(principal, reason, run, expires, Proof.NONE, Identity.UNKNOWN);
    }

    public By with(Proof other) {
      return new By(principal, reason, run, expires, other, identity);
    }

    public By with(Identity other) {
      return new By(principal, reason, run, expires, proof, other);
    }

    /** The name as people read it: one that nobody checked is marked. */
    public String shown() {
      return identity == Identity.UNVERIFIED ? principal + " (unverified)" : principal;
    }
  }

  /** The same decision, of that author. */
  default Decision with(By author) {
    return switch (this) {
      case Approve(var gate, var digest, _) -> new Approve(gate, digest, author);
      case SignOff(var item, _) -> new SignOff(item, author);
      case Pause _ -> new Pause(author);
      case Resume _ -> new Resume(author);
      case Throttle(var rowsPerSecond, _) -> new Throttle(rowsPerSecond, author);
      case Abort _ -> new Abort(author);
      case Rollback(var losing, _) -> new Rollback(losing, author);
      case ExtendWatch(var extension, _) -> new ExtendWatch(extension, author);
    };
  }

  /**
   * @param digest as shown by status; binds the approval to exactly what was shown
   */
  record Approve(Runbook.Gate gate, String digest, By by) implements Decision {
    @Override
    public String action() {
      return "approve " + gate.name().toLowerCase(Locale.ROOT);
    }
  }

  /** A manual item is done. */
  record SignOff(String item, By by) implements Decision {
    @Override
    public String action() {
      return "sign off " + item;
    }
  }

  /** The running backfill stops after its batch; no new phase starts. */
  record Pause(By by) implements Decision {
    @Override
    public String action() {
      return "pause";
    }
  }

  /** Ends a pause, and tries again what holds the rollout. */
  record Resume(By by) implements Decision {
    @Override
    public String action() {
      return "resume";
    }
  }

  /**
   * @param rowsPerSecond 0 lifts the limit
   */
  record Throttle(long rowsPerSecond, By by) implements Decision {
    @Override
    public String action() {
      return "throttle";
    }
  }

  /** Before the cutover: everything installed is removed and the rollout ends. */
  record Abort(By by) implements Decision {
    @Override
    public String action() {
      return "abort";
    }
  }

  /**
   * After the cutover: back to legacy.
   *
   * @param losing relations ({@code schema.name}) whose rows written since the triggers were
   *     touched may be lost on the way back; empty unless the operator says so by name
   */
  record Rollback(List<String> losing, By by) implements Decision {
    @Override
    public String action() {
      return "rollback";
    }
  }

  /**
   * @param extension how much longer the watch takes
   */
  record ExtendWatch(Duration extension, By by) implements Decision {
    private static final String EXTENDS = "extend the watch by ";

    /** The decision of that action; empty where it is another's. */
    public static Optional<Decision> of(String action, By by) {
      try {
        return action.startsWith(EXTENDS)
            ? Optional.of(new ExtendWatch(Duration.parse(action.substring(EXTENDS.length())), by))
            : Optional.empty();
      } catch (DateTimeParseException notOne) {
        return Optional.empty();
      }
    }

    @Override
    public String action() {
      return EXTENDS + extension;
    }
  }
}
