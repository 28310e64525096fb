package dev.rubicon.cli.rollout;

import dev.rubicon.yaml.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as the runbook writes them: 30s, 5m, 24h, 7d. */
public final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is no duration such as 30s, 5m, 24h or 7d");
    }
  }
}
