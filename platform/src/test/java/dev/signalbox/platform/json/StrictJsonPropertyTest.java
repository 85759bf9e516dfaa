package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** What Signalbox and plain Jackson both read, both understand alike. */
class StrictJsonPropertyTest {

  private static final JsonMapper JACKSON = new JsonMapper();

  @Provide
  Arbitrary<@Nullable Object> trees() {
    Arbitrary<@Nullable Object> leaf =
        Arbitraries.oneOf(
            texts().ofMaxLength(40).map(text -> text),
            Arbitraries.integers().map(number -> number),
            Arbitraries.longs().filter(number -> number != number.intValue()).map(number -> number),
            Arbitraries.bigIntegers()
                .between(BigInteger.TWO.pow(64), BigInteger.TWO.pow(300))
                .map(number -> number),
            Arbitraries.doubles().map(number -> number),
            Arbitraries.of(true, false),
            Arbitraries.just(null));
    return Arbitraries.recursive(() -> leaf, StrictJsonPropertyTest::around, 0, 4);
  }

  private static Arbitrary<@Nullable Object> around(Arbitrary<@Nullable Object> inner) {
    return Arbitraries.oneOf(
        inner.list().ofMaxSize(4).map(list -> list),
        Arbitraries.maps(texts().ofMaxLength(8), inner).ofMaxSize(4).map(LinkedHashMap::new));
  }

  /** Without surrogates, which are pairs or nothing. */
  private static StringArbitrary texts() {
    return Arbitraries.strings().withCharRange('\0', '\ud7ff').withCharRange('\ue000', '\uffff');
  }

  private static @Nullable Object strict(byte[] json) {
    return StrictJson.value(json, JsonLimits.DEFAULT);
  }

  @Property
  void givenAnyTree_whenWrittenAndRead_thenItIsTheSame(@ForAll("trees") @Nullable Object tree)
      throws JsonProcessingException {
    byte[] json = JACKSON.writeValueAsBytes(tree);

    assertThat(strict(json)).isEqualTo(tree);
  }

  @Property
  void givenAnyTreeWithAByteChanged_whenItIsRead_thenJacksonReadsTheSame(
      @ForAll("trees") @Nullable Object tree, @ForAll int place, @ForAll byte other)
      throws IOException {
    byte[] json = JACKSON.writeValueAsBytes(Arrays.asList(tree, 1));
    json[Math.floorMod(place, json.length)] = other;

    readsAsJackson(json);
  }

  @Property
  void givenAnyJsonTokens_whenTheyAreRead_thenJacksonReadsTheSame(
      @ForAll("tokens") @Size(max = 30) List<String> tokens) throws IOException {
    readsAsJackson(String.join("", tokens).getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<List<String>> tokens() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"b\"",
            "1",
            "-0",
            "1.5e3",
            "1e999",
            "true",
            "null",
            " ",
            "\n",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "NaN",
            "//",
            "\"\u20ac\"")
        .list();
  }

  @Property
  void givenAnyBytes_whenTheyAreRead_thenJacksonReadsTheSame(@ForAll byte[] bytes)
      throws IOException {
    readsAsJackson(bytes);
  }

  private static void readsAsJackson(byte[] json) throws IOException {
    Object value;
    try {
      value = strict(json);
    } catch (JsonInputException refused) {
      return;
    }
    assertThat(JACKSON.readValue(json, Object.class)).isEqualTo(value);
  }
}
