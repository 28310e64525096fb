package dev.rubicon.preflight;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the rollout's statements did on the schema-only copy; evidence.
 *
 * @param notCopied what of the target the copy lacks
 */
public record Effects(
    List<Effect> statements, @JsonProperty("not-copied") List<SchemaCopy.Left> notCopied) {}
