package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The writer beside Jackson's own way. The values are made from the components of the records, so a
 * component that a record gains and the writer does not is found.
 */
class DnsResultWriterTest {

  private static final JsonMapper REFLECTIVE = Json.reflective();

  private static final List<String> TEXTS =
      List.of(
          "", "a.test.", "\"quoted\\ text\"", "caf\u00e9 \u6c34 \ud83d\ude80", "\u0000\n\u2028");

  static Stream<DnsResult> results() {
    return IntStream.range(0, 500).mapToObj(DnsResultWriterTest::result);
  }

  private static DnsResult result(int seed) {
    return (DnsResult) record(DnsResult.class, new Random(seed));
  }

  private static Object value(Class<?> type, AnnotatedType annotated, Random random) {
    if (type == String.class || type == Object.class) {
      return TEXTS.get(random.nextInt(TEXTS.size()));
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == int.class || type == Integer.class) {
      return random.nextInt();
    } else if (type == long.class) {
      return random.nextLong();
    } else if (type == double.class || type == Double.class) {
      return random.nextInt(1_000_000) / 1_000d;
    } else if (type == Map.class) {
      return Map.of("key", TEXTS.get(random.nextInt(TEXTS.size())));
    } else if (type == List.class) {
      AnnotatedType element =
          ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments()[0];
      return IntStream.range(0, random.nextInt(3))
          .mapToObj(i -> value((Class<?>) element.getType(), element, random))
          .toList();
    } else if (type.isRecord()) {
      return record(type, random);
    }
    throw new AssertionError("a result has got a component of " + type + ": add it here");
  }

  private static Object record(Class<?> type, Random random) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      AnnotatedType annotated = components[i].getAnnotatedType();
      boolean absent = annotated.isAnnotationPresent(Nullable.class) && random.nextBoolean();
      values[i] = absent ? null : value(types[i], annotated, random);
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @ParameterizedTest
  @MethodSource("results")
  void givenAnyResult_whenItIsWritten_thenTheTextIsThatOfJackson(DnsResult result)
      throws JsonProcessingException {
    assertThat(Json.text(result)).isEqualTo(REFLECTIVE.writeValueAsString(result));
  }

  @Test
  void givenAResultWithinAnother_whenItIsWritten_thenTheTextIsThatOfJackson()
      throws JsonProcessingException {
    TaskReply reply = TaskReply.Finished.of(result(1));

    String text = Json.writer(TaskReply.class).writeValueAsString(reply);

    assertThat(text).isEqualTo(REFLECTIVE.writerFor(TaskReply.class).writeValueAsString(reply));
  }

  @Test
  void givenAResult_whenItIsWrittenAsATree_thenTheTreeIsThatOfItsText() throws IOException {
    DnsResult result = result(2);

    assertThat(Json.tree(result)).isEqualTo(REFLECTIVE.readTree(Json.bytes(result)));
  }
}
