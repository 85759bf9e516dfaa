package dev.signalbox.serverfactory.body;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathMatcherTest {

  private static JsonNode json(String text) {
    return requireNonNull(JsonBody.parse(text.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$.a | x",
        "a | x",
        "/a | x",
        "$.n | 1",
        "$.t | true",
        "$.z | null",
        "$.o | {\"b\":[1,2]}",
        "$.o.b[*] | 1;2",
        "$.o.b[-1] | 2",
        "$.none | ''",
      })
  void givenAPath_whenAppliedToABody_thenTheValuesThereAsText(String path, String values)
      throws Exception {
    JsonNode body = json("{\"a\":\"x\",\"n\":1,\"t\":true,\"z\":null,\"o\":{\"b\":[1,2]}}");

    assertThat(String.join(";", JsonPathMatcher.compile(path).values(body, new MatchBudget())))
        .isEqualTo(values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$..a", "$[?(@.a)]", "$[1:2]", "$['a','b']", "$.a[", "$a", "~", "/~2"})
  void givenWhatIsNoPath_whenCompiled_thenTheRuleIsNamed(String path) {
    assertThatThrownBy(() -> JsonPathMatcher.compile(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void givenAPathOfManySteps_whenCompiled_thenItIsRefused() {
    assertThatThrownBy(() -> JsonPathMatcher.compile("$" + "[*]".repeat(400)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be at most 1000 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "{\"a\":1}}", "{} {}", "nul", "{'a':1}", "NaN", "\u0000", "[1,]"})
  void givenABodyThatIsNoJson_whenParsed_thenNothing(String body) {
    assertThat(JsonBody.parse(body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void givenABodyOfManyLevels_whenParsed_thenNothing(String open) {
    String body = open.repeat(100_000);

    assertThat(JsonBody.parse(body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void givenABodyOfAMillionValues_whenParsed_thenNothing() {
    String body = "[" + "1,".repeat(1_000_000) + "1]";

    assertThat(JsonBody.parse(body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void givenValuesOfEveryKind_whenParsed_thenTheyAreThere() {
    assertThat(List.of(json("null"), json("1"), json("\"a\""), json("[]"), json("{}")))
        .extracting(JsonNode::toString)
        .containsExactly("null", "1", "\"a\"", "[]", "{}");
  }
}
