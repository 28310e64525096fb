package dev.rubicon.preflight.finding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.rollout.TargetStage;
import java.util.Optional;

/**
 * What an earlier launch of the same bundle left in the target's own memory: the snapshot taken
 * before anything was installed. A relaunch goes on from there instead of taking its own traces for
 * the target's shape.
 */
public record EarlierLaunch(String rollout, String stage, CatalogSnapshot baseline) {

  /** Empty when nothing was installed; refuses what another bundle left. */
  public static Optional<EarlierLaunch> find(PgSession session, String target, String bundle) {
    if (!session.value("SELECT to_regclass('rubicon.state') IS NOT NULL").equals("t")) {
      return Optional.empty();
    }
    record Row(String bundle, String rollout, String stage, String baseline) {}
    return session
        .first(
            "SELECT bundle, rollout, stage, baseline::text FROM rubicon.state",
            row -> new Row(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
        .map(
            row -> {
              if (!row.bundle().equals(bundle)) {
                throw new RubiconException(
                    ErrorCode.TARGET_CHANGED,
                    "the target holds the unfinished rollout "
                        + row.rollout()
                        + " of another bundle",
                    "finish it, or take it back: rubicon abort --target " + target);
              }
              return new EarlierLaunch(row.rollout(), row.stage(), read(row.baseline()));
            });
  }

  /** Whether canonical is the authority: what differs now is no work of this rollout any more. */
  public boolean crossed() {
    return stage.equals(TargetStage.CUT_OVER.name());
  }

  private static CatalogSnapshot read(String json) {
    try {
      return new ObjectMapper().readValue(json, CatalogSnapshot.class);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL,
          "the snapshot that the target remembers was written by another version of Rubicon",
          "use the version that launched the rollout",
          e);
    }
  }
}
