package dev.rubicon.yaml;

import java.util.Optional;

/**
 * One key of a mapping, by which {@link Values} gives what was read.
 *
 * @param name as written in the file
 * @param decoder of the value
 * @param absent the value where the key is not written, or could not be read
 * @param required whether it must be written
 * @param defaultText the default as YAML, for the schema
 * @param says what it means, one line, for the schema
 */
public record Key<T>(
    String name,
    Decoder<T> decoder,
    Optional<T> absent,
    boolean required,
    Optional<String> defaultText,
    String says) {}
