package dev.rubicon.installed.sync;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.List;
import java.util.stream.Collectors;

/** The message for when somebody changed the triggers that keep both sides in step. */
public final class TouchedSync {
  private static final int MOST = 5;

  private TouchedSync() {}

  /** Fails with {@code TRIGGERS_TOUCHED} unless only partitions came or went. */
  public static void refuse(List<SyncFingerprint.Difference> since) {
    refuseAny(touched(since));
  }

  /** The same, also where partitions came or went. */
  public static void refuseAny(List<SyncFingerprint.Difference> touched) {
    if (!touched.isEmpty()) {
      throw new RubiconException(
          ErrorCode.TRIGGERS_TOUCHED,
          "since both sides were compared somebody touched what keeps them in step: "
              + described(touched)
              + "; nothing was committed",
          "see who did it and what was written meanwhile, then: rubicon resume, which compares both"
              + " sides again");
    }
  }

  /**
   * Fails with {@code TRIGGERS_TOUCHED} if anything is not as installed.
   *
   * @param crossed whether canonical has ever been the authority: then its rows may be the only
   *     ones, and no way out may drop them
   */
  public static void refuseOff(List<SyncFingerprint.Difference> wrong, boolean crossed) {
    if (!wrong.isEmpty()) {
      throw new RubiconException(
          ErrorCode.TRIGGERS_TOUCHED,
          "the sides are not kept in step: " + described(wrong),
          "bring it back as installed (a trigger: ALTER TABLE ... ENABLE ALWAYS TRIGGER ...), then:"
              + " rubicon resume"
              + (crossed ? "" : "; or take the rollout back: rubicon abort"));
    }
  }

  public static List<SyncFingerprint.Difference> touched(List<SyncFingerprint.Difference> since) {
    return since.stream().filter(d -> !d.partition()).toList();
  }

  public static String described(List<SyncFingerprint.Difference> differences) {
    String more = differences.size() > MOST ? " and " + (differences.size() - MOST) + " more" : "";
    return differences.stream()
            .limit(MOST)
            .map(SyncFingerprint.Difference::described)
            .collect(Collectors.joining(", "))
        + more;
  }
}
