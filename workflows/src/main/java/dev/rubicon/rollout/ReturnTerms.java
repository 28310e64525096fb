package dev.rubicon.rollout;

import java.util.List;

/**
 * What the operator said about the way back.
 *
 * @param losing relations ({@code schema.name}) that may lose rows because the engine's triggers on
 *     them were touched since the crossing; empty: none may
 */
public record ReturnTerms(List<String> losing) {
  public static final ReturnTerms NOTHING_LOST = new ReturnTerms(List.of());
}
