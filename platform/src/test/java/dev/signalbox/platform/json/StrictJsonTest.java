package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import dev.signalbox.platform.json.JsonInputException.Kind;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text with bytes in hexadecimal in the place of {@code $}. */
  private static byte[] with(String text, String hex) {
    int at = text.indexOf('$');
    byte[] before = utf8(text.substring(0, at));
    byte[] bytes = HexFormat.of().parseHex(hex);
    byte[] after = utf8(text.substring(at + 1));
    byte[] all = Arrays.copyOf(before, before.length + bytes.length + after.length);
    System.arraycopy(bytes, 0, all, before.length, bytes.length);
    System.arraycopy(after, 0, all, before.length + bytes.length, after.length);
    return all;
  }

  private static Object read(String json) {
    return StrictJson.object(utf8("{\"v\":" + json + "}")).get("v");
  }

  private static JsonInputException refusal(byte[] json, JsonLimits limits) {
    return catchThrowableOfType(JsonInputException.class, () -> StrictJson.value(json, limits));
  }

  private static JsonInputException refusal(byte[] json) {
    JsonInputException refusal = refusal(json, JsonLimits.DEFAULT);
    assertThat(refusal).isNotNull();
    return refusal;
  }

  @Test
  void givenEachKindOfValue_whenRead_thenItHasItsType() {
    assertThat(read("[1,-2,99999999999,1.5,1e3,\"a\",true,false,null,{},[]]"))
        .isEqualTo(
            Arrays.asList(
                1, -2, 99_999_999_999L, 1.5, 1000.0, "a", true, false, null, Map.of(), List.of()));
    assertThat(read("9".repeat(30))).isEqualTo(new BigInteger("9".repeat(30)));
  }

  @Test
  void givenUtf8AndEscapes_whenRead_thenTheTextIsWhole() {
    assertThat(read("\"\u00e9\u20ac\ud83d\ude00 \\u00e9\\ud83d\\ude00\\u0000\\n\""))
        .isEqualTo("\u00e9\u20ac\ud83d\ude00 \u00e9\ud83d\ude00\0\n");
  }

  @Test
  void givenMembers_whenRead_thenTheirOrderIsKept() {
    assertThat(StrictJson.object(utf8("{\"z\":1,\"a\":2,\"m\":3}")).keySet())
        .containsExactly("z", "a", "m");
  }

  @Test
  void givenBlanksAround_whenRead_thenTheyDoNotMatter() {
    assertThat(StrictJson.object(utf8(" \t\r\n{\"a\" : 1}\r\n"))).containsEntry("a", 1);
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        arguments("nothing", utf8("")),
        arguments("blanks", utf8(" \n\t")),
        arguments("no JSON", utf8("nonsense")),
        arguments("cut short", utf8("{\"a\":[1,")),
        arguments("cut inside a string", utf8("{\"a\":\"b")),
        arguments("trailing garbage", utf8("{} x")),
        arguments("two documents", utf8("{}{}")),
        arguments("trailing comma in an object", utf8("{\"a\":1,}")),
        arguments("trailing comma in an array", utf8("[1,]")),
        arguments("single quotes", utf8("{'a':1}")),
        arguments("a name without quotes", utf8("{a:1}")),
        arguments("a comment", utf8("{}/* */")),
        arguments("a hash comment", utf8("# x\n{}")),
        arguments("a leading zero", utf8("[01]")),
        arguments("a leading plus", utf8("[+1]")),
        arguments("a leading point", utf8("[.5]")),
        arguments("a trailing point", utf8("[5.]")),
        arguments("hexadecimal", utf8("[0x10]")),
        arguments("digits of another script", utf8("[\u0661]")),
        arguments("NaN", utf8("[NaN]")),
        arguments("Infinity", utf8("[Infinity]")),
        arguments("-Infinity", utf8("[-Infinity]")),
        arguments("beyond a double", utf8("[1e999]")),
        arguments("beyond a double, below zero", utf8("[-1e999]")),
        arguments("a huge exponent", utf8("[1e99999999999999999999]")),
        arguments("100,000 digits", utf8("[" + "9".repeat(100_000) + "]")),
        arguments("100,000 digits behind the point", utf8("[0." + "9".repeat(100_000) + "]")),
        arguments("a long name", utf8("{\"" + "n".repeat(1_001) + "\":1}")),
        arguments("the same name twice", utf8("{\"a\":1,\"a\":2}")),
        arguments("the same name by an escape", utf8("{\"a\":1,\"\\u0061\":2}")),
        arguments("the same name twice, deep", utf8("[[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]]")),
        arguments("nested arrays", utf8("[".repeat(65) + "]".repeat(65))),
        arguments("nested objects", utf8("{\"a\":".repeat(65) + "1" + "}".repeat(65))),
        arguments("nested without an end", utf8("[".repeat(100_000))),
        arguments("an object without an end", utf8("{")),
        arguments("an array without an end", utf8("[1")),
        arguments("a string without an end", utf8("[\"a")),
        arguments("a control character", utf8("[\"a\nb\"]")),
        arguments("an unknown escape", utf8("[\"\\q\"]")),
        arguments("a lone high surrogate", utf8("[\"\\ud800\"]")),
        arguments("a high surrogate before a letter", utf8("[\"\\ud800x\"]")),
        arguments("a lone low surrogate", utf8("[\"\\udc00\"]")),
        arguments("surrogates in the wrong order", utf8("[\"\\udc00\\ud800\"]")),
        arguments("a lone surrogate in a name", utf8("{\"\\ud800\":1}")),
        arguments("a NUL in a string", with("[\"a$b\"]", "00")),
        arguments("a NUL between", with("[1$]", "00")),
        arguments("a NUL behind", with("[1]$", "00")),
        arguments("overlong 'a'", with("[\"$\"]", "c1a1")),
        arguments("overlong '/' of three bytes", with("[\"$\"]", "e080af")),
        arguments("overlong of four bytes", with("[\"$\"]", "f08080af")),
        arguments("overlong NUL", with("[\"$\"]", "c080")),
        arguments("overlong name", with("{\"$\":1}", "c1a1")),
        arguments("a surrogate in UTF-8", with("[\"$\"]", "eda080")),
        arguments("a pair of surrogates in UTF-8", with("[\"$\"]", "eda0bdedb880")),
        arguments("beyond Unicode", with("[\"$\"]", "f4908080")),
        arguments("five bytes", with("[\"$\"]", "f888808080")),
        arguments("a lone continuation", with("[\"$\"]", "80")),
        arguments("a cut sequence", with("[\"$\"]", "c3")),
        arguments("Latin-1", "[\"\u00e9\"]".getBytes(StandardCharsets.ISO_8859_1)),
        arguments("a cut sequence at the end", with("[1]$", "e282")),
        arguments("a byte order mark", with("${}", "efbbbf")),
        arguments("UTF-16BE", "{\"a\":1}".getBytes(StandardCharsets.UTF_16BE)),
        arguments("UTF-16LE", "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)),
        arguments("UTF-16BE with a mark", "\ufeff{\"a\":1}".getBytes(StandardCharsets.UTF_16BE)),
        arguments("UTF-16LE with a mark", "\ufeff{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)),
        arguments("UTF-32BE", "{\"a\":1}".getBytes(Charset.forName("UTF-32BE"))),
        arguments("UTF-32LE", "{\"a\":1}".getBytes(Charset.forName("UTF-32LE"))),
        arguments("UTF-32BE with a mark", "\ufeff{\"a\":1}".getBytes(Charset.forName("UTF-32BE"))),
        arguments("UTF-32LE with a mark", "\ufeff{\"a\":1}".getBytes(Charset.forName("UTF-32LE"))),
        arguments("UTF-16 of a single digit", "1".getBytes(StandardCharsets.UTF_16LE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void givenHostileText_whenRead_thenItIsMalformed(String what, byte[] json) {
    JsonInputException refusal = refusal(json);

    assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refusal.line()).isPositive();
    assertThat(refusal.column()).isPositive();
    assertThat(refusal.getMessage())
        .startsWith("Invalid JSON: ")
        .hasSizeLessThan(300)
        .doesNotContain("Stream", "Source", "`");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "\"a\"", "null", "true"})
  void givenAnotherValue_whenAnObjectIsWanted_thenItIsMalformed(String json) {
    JsonInputException refusal =
        catchThrowableOfType(JsonInputException.class, () -> StrictJson.object(utf8(json)));

    assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refusal).hasMessageContaining("expected an object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\n  \"a\": x\n}", "{\n  \"a\": \"\\ud800\"\n}", "{\n  \"a\": 1e999\n}"})
  void givenAFaultInTheSecondLine_whenRefused_thenThePlaceIsTold(String json) {
    JsonInputException refusal = refusal(utf8(json));

    assertThat(refusal.line()).isEqualTo(2);
    assertThat(refusal.column()).isBetween(8, 9);
    assertThat(refusal).hasMessageContaining("(line 2, column " + refusal.column() + ")");
  }

  @Test
  void givenBadUtf8InTheThirdLine_whenRefused_thenThePlaceIsTold() {
    JsonInputException refusal = refusal(with("{\n\n\"$\":1}", "c1a1"));

    assertThat(refusal.line()).isEqualTo(3);
    assertThat(refusal.column()).isEqualTo(2);
  }

  @Test
  void givenBadUtf8BehindALongText_whenRead_thenItIsFound() {
    JsonInputException refusal = refusal(with("[\"" + "\u20ac".repeat(50_000) + "$\"]", "ff"));

    assertThat(refusal.column()).isEqualTo(150_003);
  }

  @Test
  void givenALongDuplicateName_whenRefused_thenItIsShortened() {
    String name = "n".repeat(900);

    JsonInputException refusal = refusal(utf8("{\"" + name + "\":1,\"" + name + "\":2}"));

    assertThat(refusal).hasMessageContaining("occurs twice");
    assertThat(refusal.getMessage()).hasSizeLessThan(200);
  }

  @Test
  void givenTheDeepestNesting_whenRead_thenItIsTaken() {
    String json = "[".repeat(64) + "]".repeat(64);

    assertThat(StrictJson.value(utf8(json), JsonLimits.DEFAULT)).isNotNull();
  }

  @Test
  void givenAsManyValuesAsAllowed_whenRead_thenTheyAreTakenAndOneMoreIsTooLarge() {
    JsonLimits limits = JsonLimits.values(4);

    assertThat(StrictJson.value(utf8("[1,{\"a\":2}]"), limits)).isNotNull();
    assertThat(refusal(utf8("[1,{\"a\":2},3]"), limits).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void givenTheBoundedArray_whenItIsFull_thenItIsTakenAndOneMoreIsTooLarge() {
    JsonLimits limits = JsonLimits.DEFAULT.withArray("tasks", 2);

    assertThat(StrictJson.object(utf8("{\"tasks\":[1,2],\"others\":[1,2,3]}"), limits)).hasSize(2);
    JsonInputException refusal = refusal(utf8("{\"tasks\":[1,2,3]}"), limits);
    assertThat(refusal.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(refusal).hasMessageContaining("tasks has more than 2 items");
  }

  @Test
  void givenAnArrayOfThatNameFurtherDown_whenRead_thenItIsNotTheBoundedOne() {
    JsonLimits limits = JsonLimits.DEFAULT.withArray("tasks", 2);

    assertThat(StrictJson.object(utf8("{\"a\":{\"tasks\":[1,2,3]}}"), limits)).isNotEmpty();
  }

  @Test
  void givenTooManyItems_whenTheRestIsMissing_thenReadingStoppedBeforeIt() {
    JsonLimits limits = JsonLimits.DEFAULT.withArray("tasks", 2);

    assertThat(refusal(utf8("{\"tasks\":[1,2,3,!"), limits).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "[[]]", "{}", "{\"\":0}", "{\"a\":{}}", "0", "1.5", "\"\"", "1234567"})
  void givenALargeBodyOfSmallValues_whenRead_thenItIsRefusedBeforeItTakesMuchMemory(String item) {
    byte[] json = utf8("{\"others\":[" + (item + ",").repeat(5_000_000) + "0]}");
    long before = allocated();

    JsonInputException refusal = refusal(json);

    assertThat(refusal.kind()).isEqualTo(Kind.TOO_LARGE);
    // All that was ever made, garbage included: 100,000 values of 160 bytes.
    assertThat(allocated() - before).isLessThan(16_000_000);
  }

  @Test
  void givenTooManyItems_whenRead_thenItIsRefusedBeforeItTakesMuchMemory() {
    byte[] json = utf8("{\"tasks\":[" + "[],".repeat(5_000_000) + "[]]}");
    JsonLimits limits = JsonLimits.values(1_000_000).withArray("tasks", 10_000);
    long before = allocated();

    JsonInputException refusal = refusal(json, limits);

    assertThat(refusal.kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(allocated() - before).isLessThan(2_000_000);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().threadId());
  }
}
