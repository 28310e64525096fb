package dev.rubicon.preflight.trial;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.preflight.scratch.SchemaCopy;
import java.util.List;

/**
 * What the rollout's statements did on the schema-only copy; evidence.
 *
 * @param notCopied what of the target the copy lacks
 */
public record Effects(
    List<Effect> statements, @JsonProperty("not-copied") List<SchemaCopy.Left> notCopied) {
  /** What the rollout's statements did on a schema-only copy. */
  public static final EvidenceName<Effects> EVIDENCE = EvidenceName.of("effects", Effects.class);
}
