package dev.rubicon.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** JSON as checks see it: a document, pointers into it, values as text. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static Optional<JsonNode> parse(String text) {
    try {
      return Optional.of(MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      // The message would quote the body; that it is no JSON is all that is said.
      return Optional.empty();
    }
  }

  /** The value at the pointer as text; objects and arrays as compact JSON; empty when missing. */
  static Optional<String> text(JsonNode document, String pointer) {
    JsonNode node = document.at(pointer);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(node.isValueNode() ? node.asText() : node.toString());
  }

  static String escape(String value) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(value));
  }
}
