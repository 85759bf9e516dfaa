package dev.signalbox.platform.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.signalbox.contracts.Binary;
import java.io.IOException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;

/**
 * The JSON mapper of Signalbox: snake_case names, nulls written, unknown fields ignored so that
 * replicas of two versions understand each other, and sealed interfaces tagged with {@code
 * "@type"}.
 *
 * <p>{@link Binary} values need a {@link BinaryParts} attribute, as the bus provides; elsewhere
 * they cannot be written.
 */
public final class Json {

  private static final JsonMapper MAPPER = mapper(writers());

  /** Looked up once for each type: making one costs more than writing a small message. */
  private static final ClassValue<ObjectWriter> WRITERS =
      new ClassValue<>() {
        @Override
        protected ObjectWriter computeValue(Class<?> type) {
          return MAPPER.writerFor(type);
        }
      };

  private static final ClassValue<ObjectReader> READERS =
      new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
          return MAPPER.readerFor(type);
        }
      };

  private Json() {}

  private static SimpleModule writers() {
    SimpleModule writers = new SimpleModule("writers");
    try {
      for (RecordWriter<?> writer :
          ServiceLoader.load(RecordWriter.class, Json.class.getClassLoader())) {
        writers.addSerializer(writer);
      }
    } catch (ServiceConfigurationError e) {
      // The text is the same without them.
      LoggerFactory.getLogger(Json.class).warn("records are written by reflection", e);
    }
    return writers;
  }

  /** A mapper by the same rules without any {@link RecordWriter}, to compare them with. */
  public static JsonMapper reflective() {
    return mapper(new SimpleModule("none"));
  }

  private static JsonMapper mapper(SimpleModule writers) {
    return JsonMapper.builder()
        .annotationIntrospector(new SealedTypeTags())
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .addModule(
            new SimpleModule("signalbox")
                .addSerializer(Binary.class, new BinaryParts.Writer())
                .addDeserializer(Binary.class, new BinaryParts.Reader()))
        .addModule(ReferencesAsNull.module())
        .addModule(writers)
        .build();
  }

  /** Writes values as a type, which decides whether they are tagged. */
  public static ObjectWriter writer(Class<?> type) {
    return WRITERS.get(type);
  }

  /** Reads values of a type. */
  public static ObjectReader reader(Class<?> type) {
    return READERS.get(type);
  }

  /** The shared mapper; do not reconfigure it. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** A value as JSON in UTF-8. */
  public static byte[] bytes(Object value) {
    try {
      return writer(value.getClass()).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass().getName(), e);
    }
  }

  /** A value as JSON text. */
  public static String text(Object value) {
    try {
      return writer(value.getClass()).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass().getName(), e);
    }
  }

  /** A record, map or list as a JSON tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * A value of a type from JSON.
   *
   * @throws IOException when the text is not JSON or does not fit the type
   */
  public static <T> T read(byte[] json, Class<T> type) throws IOException {
    return MAPPER.readValue(json, type);
  }
}
