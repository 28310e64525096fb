package dev.rubicon.cli.installation;

import dev.rubicon.up.TemporalChoice;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code auto}, {@code in-process}, {@code dev-server}. */
public final class TemporalKind implements ITypeConverter<TemporalChoice>, Iterable<String> {
  private static final List<String> WORDS = List.of("auto", "in-process", "dev-server");

  @Override
  public TemporalChoice convert(String value) {
    if (!WORDS.contains(value)) {
      throw new TypeConversionException(
          "expected one of " + String.join(", ", WORDS) + ", not '" + value + "'");
    }
    return TemporalChoice.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public Iterator<String> iterator() {
    return WORDS.iterator();
  }
}
