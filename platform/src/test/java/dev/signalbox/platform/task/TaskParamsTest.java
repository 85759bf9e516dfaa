package dev.signalbox.platform.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskParamsTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " 80", "80 ", "+80", "8e1", "80.0", "\u0668\u0660", "65536", "port"})
  void aTextOfOtherThanDigitsIsNoNumber(String text) {
    TaskParams params = TaskParams.of(Map.of("port", text));

    assertThat(params.integerOrDigits("port", 443, 1, 65_535)).isEqualTo(443);
    assertThat(params.problem().orElseThrow().message())
        .isEqualTo("port must be a whole number between 1 and 65535");
  }

  @Test
  void aNumberMayComeAsItsDigits() {
    TaskParams params = TaskParams.of(Map.of("port", "8080", "other", 8081));

    assertThat(params.integerOrDigits("port", 443, 1, 65_535)).isEqualTo(8080);
    assertThat(params.integerOrDigits("other", 443, 1, 65_535)).isEqualTo(8081);
    assertThat(params.integerOrDigits("none", 443, 1, 65_535)).isEqualTo(443);
    assertThat(params.problem()).isEmpty();
  }

  @Test
  void wellFormedParametersAreReadByType() {
    TaskParams params =
        TaskParams.of(Map.of("name", "x", "port", 80, "deep", true, "kinds", List.of("a", "b")));

    assertThat(params.text("name", 10)).isEqualTo("x");
    assertThat(params.integer("port", 1, 1, 65535)).isEqualTo(80);
    assertThat(params.bool("deep", false)).isTrue();
    assertThat(params.texts("kinds", 5, 5)).containsExactly("a", "b");
    assertThat(params.problem()).isEmpty();
  }

  @Test
  void everyProblemIsToldAtOnceWithItsName() {
    TaskParams params =
        TaskParams.of(Map.of("name", 7, "port", 70_000, "deep", "yes", "more", "unknown"));

    params.text("name", 10);
    params.integer("port", 1, 1, 65535);
    params.bool("deep", false);
    params.text("absent", 10);

    assertThat(params.problem())
        .map(TaskError::message)
        .hasValueSatisfying(message ->
            assertThat(message)
                .contains(
                    "name must be a string",
                    "port must be between 1 and 65535",
                    "deep must be true or false",
                    "absent is required",
                    "more is not a parameter"));
  }

  @Test
  void controlCharactersAreRefused() {
    TaskParams params = TaskParams.of(Map.of("name", "a\0b", "other", "a\nb"));

    params.text("name", 10);
    params.optionalText("other", 10);

    assertThat(params.problem())
        .map(TaskError::message)
        .hasValueSatisfying(
            message -> assertThat(message).contains("name must not", "other must not"));
  }

  @Test
  void nullCountsAsAbsent() {
    TaskParams params = TaskParams.of(Collections.singletonMap("port", null));

    assertThat(params.integer("port", 443, 1, 65535)).isEqualTo(443);
    assertThat(params.problem()).isEmpty();
  }

  @Test
  void aFractionIsNotAWholeNumber() {
    TaskParams params = TaskParams.of(Map.of("port", 80.5));

    params.integer("port", 443, 1, 65535);

    assertThat(params.problem()).isPresent();
  }

  @Test
  void anUnknownNameOfTenThousandCharactersIsShortenedInTheMessage() {
    TaskParams params = TaskParams.of(Map.of("x".repeat(10_000), 1));

    assertThat(params.problem())
        .map(e -> e.message().length())
        .hasValueSatisfying(length -> assertThat(length).isLessThan(200));
  }

  @Test
  void problemsOfNestedObjectsAreNamedByTheirPath() {
    TaskParams params =
        TaskParams.of(
            Map.of("edns", Map.of("size", "x", "y", 1), "list", List.of(Map.of(), "no object")));

    params.nested("edns").integer("size", 512, 512, 4096);
    params.nestedList("list", 5).forEach(item -> item.text("name", 5));

    assertThat(params.problem())
        .map(TaskError::message)
        .hasValueSatisfying(message ->
            assertThat(message)
                .contains(
                    "edns/size must be a whole number",
                    "edns/y is not a parameter",
                    "list/0/name is required",
                    "list/1 must be an object"));
  }

  @Test
  void aThousandProblemsAreToldInAShortMessage() {
    Map<String, Object> many = new java.util.HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      many.put("parameter-" + i, i);
    }

    assertThat(TaskParams.of(many).problem())
        .map(TaskError::message)
        .hasValueSatisfying(
            message -> assertThat(message).hasSizeLessThan(5_000).endsWith("; and 950 more"));
  }
}
