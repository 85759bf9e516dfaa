package dev.signalbox.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.error.HttpException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

  @Test
  void aDictAsTheClientOfDocument2WritesIt() {
    Object dict = PythonLiteral.parse("{'uuid': '6f1c', 'text': \"it's\", 'n': None}");

    assertThat((Map<?, ?>) dict).hasSize(3);
    assertThat(dict.toString()).isEqualTo("{uuid=6f1c, text=it's, n=null}");
  }

  @Test
  void everyKindOfValue() {
    assertThat(PythonLiteral.parse("[True, False, None, 1, -2, 3.5, 1e3, 'a', (1,), {}, [], ]"))
        .isEqualTo(
            Arrays.asList(
                true, false, null, 1, -2, 3.5, 1000.0, "a", List.of(1), Map.of(), List.of()));
    assertThat(PythonLiteral.parse("99999999999")).isEqualTo(99_999_999_999L);
    assertThat(PythonLiteral.parse("9".repeat(30))).isEqualTo(new BigInteger("9".repeat(30)));
  }

  @Test
  void everyEscape() {
    assertThat(PythonLiteral.parse("'\\n\\t\\r\\\\\\'\\\"\\x41\\u00e9\\U0001F600\\0'"))
        .isEqualTo("\n\t\r\\'\"A\u00e9\ud83d\ude00\0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{'a'",
        "{'a':",
        "{'a': 1",
        "{'a': 1 'b': 2}",
        "{1: 2}",
        "{'a': 1, 'a': 2}",
        "'open",
        "'line\nbreak'",
        "'\\q'",
        "'\\x4'",
        "'\\uZZZZ'",
        "'\\UFFFFFFFF'",
        "1 2",
        "true",
        "null",
        "nan",
        "1-1",
        "--1",
        "1e999",
        "__import__('os')",
        "f'x'",
        "b'x'",
        "lambda: 1",
        ","
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> PythonLiteral.parse(text)).isInstanceOf(HttpException.class);
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> PythonLiteral.parse("[".repeat(100_000)))
        .isInstanceOf(HttpException.class);
    assertThatThrownBy(() -> PythonLiteral.parse("9".repeat(200)))
        .isInstanceOf(HttpException.class);
  }

  @Property
  void whatIsQuotedIsReadBack(@ForAll String text) {
    assertThat(PythonLiteral.parse(PythonLiteral.quote(text))).isEqualTo(text);
  }

  @Property
  void nothingBreaksTheReader(@ForAll String text) {
    try {
      PythonLiteral.parse("{'" + text);
    } catch (HttpException expected) {
      assertThat(expected.status()).isEqualTo(400);
    }
  }
}
