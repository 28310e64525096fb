package dev.rubicon.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.rollout.Phase;
import java.io.IOException;
import java.util.Locale;

/** JSON as users read it: phases and states by their words, times and durations in ISO 8601. */
public final class Json {
  private static final ObjectMapper MAPPER = configure(new ObjectMapper());

  private Json() {}

  /** The mapper itself; not to be reconfigured. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** Makes a mapper write as this class does. */
  private static ObjectMapper configure(ObjectMapper mapper) {
    return mapper
        .registerModule(new JavaTimeModule())
        .registerModule(new Jdk8Module())
        .registerModule(
            new SimpleModule("rubicon-words")
                .addSerializer(new Words())
                .setDeserializerModifier(new WordReaders()))
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .setDefaultPropertyInclusion(
            JsonInclude.Value.construct(
                JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT));
  }

  /** One line. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** Indented. */
  public static String pretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  /** Enums by the product's words; error codes by their names, which users search for. */
  private static final class Words extends StdSerializer<Enum<?>> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unchecked")
    Words() {
      super((Class<Enum<?>>) (Class<?>) Enum.class);
    }

    @Override
    public void serialize(Enum<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(word(value));
    }
  }

  private static String word(Enum<?> value) {
    return switch (value) {
      case Phase phase -> phase.word();
      case ErrorCode code -> code.name();
      default -> value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    };
  }

  /** Reads what {@link Words} writes, and names. */
  private static final class WordReaders extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyEnumDeserializer(
        DeserializationConfig config,
        JavaType type,
        BeanDescription description,
        JsonDeserializer<?> usual) {
      Object[] constants = type.getRawClass().getEnumConstants();
      return new StdDeserializer<Object>(type.getRawClass()) {
        private static final long serialVersionUID = 1L;

        @Override
        public Object deserialize(JsonParser in, DeserializationContext context)
            throws IOException {
          String text = in.getValueAsString("");
          for (Object constant : constants) {
            if (word((Enum<?>) constant).equals(text) || ((Enum<?>) constant).name().equals(text)) {
              return constant;
            }
          }
          return usual.deserialize(in, context);
        }
      };
    }
  }
}
