package dev.signalbox.platform.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a parameter says of itself is what holds when it is read. */
class ParamTest {

  private static final Param<String> WORD = Param.text("word", "A word", 5);

  private static Object read(Param<?> param, Object value) {
    return param.read(TaskParams.of(Map.of(param.name(), value)));
  }

  private static String problem(Param<?> param, Map<String, Object> raw) {
    TaskParams params = TaskParams.of(raw);
    param.read(params);
    return params.problem().orElseThrow().message();
  }

  static Stream<Arguments> parametersWithDefaults() {
    return Stream.of(
        Arguments.of(Param.text("p", "", 5, "abc"), "abc"),
        Arguments.of(Param.integer("p", "", 1, 9, 4), 4),
        Arguments.of(Param.integerOrDigits("p", "", 1, 9, 4), 4),
        Arguments.of(Param.bool("p", "", true), true),
        Arguments.of(Param.oneOf("p", "", "b", List.of("a", "b")), "b"));
  }

  @ParameterizedTest
  @MethodSource("parametersWithDefaults")
  void givenNoValue_whenAParameterIsRead_thenItHasTheDefaultOfItsSchema(
      Param<?> param, Object otherwise) {
    assertThat(param.read(TaskParams.of(Map.of()))).isEqualTo(otherwise);
    assertThat(param.schema()).containsEntry("default", otherwise);
    assertThat(param.isRequired()).isFalse();
  }

  static Stream<Param<?>> parametersThatMayBeAbsent() {
    return Stream.of(
        Param.optionalText("p", "", 5),
        Param.content("p", "", 5),
        Param.optionalInteger("p", "", 1, 9),
        Param.optionalBool("p", ""));
  }

  @ParameterizedTest
  @MethodSource("parametersThatMayBeAbsent")
  void givenNoValueAndNoDefault_whenAParameterIsRead_thenItIsNull(Param<?> param) {
    assertThat(param.read(TaskParams.of(Map.of()))).isNull();
    assertThat(param.schema()).doesNotContainKey("default");
  }

  static Stream<Arguments> valuesThatBreakARule() {
    return Stream.of(
        Arguments.of(WORD, "abcdef", "word must be at most 5 characters"),
        Arguments.of(Param.integer("n", "", 1, 9, 4), 10, "n must be between 1 and 9"),
        Arguments.of(Param.optionalInteger("n", "", 1, 9), 0, "n must be between 1 and 9"),
        Arguments.of(Param.texts("all", "", 1, WORD), List.of("a", "b"), "all must"),
        Arguments.of(
            Param.texts("all", "", 3, WORD), List.of("abcdef"), "all must hold strings of 1 to 5"),
        Arguments.of(Param.oneOf("one", "", "a", List.of("a", "b")), "c", "one must be"));
  }

  @ParameterizedTest
  @MethodSource("valuesThatBreakARule")
  void givenAValueThatBreaksTheSchema_whenItIsRead_thenTheProblemNamesParameterAndRule(
      Param<?> param, Object value, String problem) {
    assertThat(problem(param, Map.of(param.name(), value))).startsWith(problem);
  }

  @Test
  void givenARequiredParameter_whenItIsAbsent_thenItIsAProblemAndTheSchemaSaysSo() {
    Param<String> required = Param.oneOf("one", "", "a", List.of("a", "b")).required();

    assertThat(problem(required, Map.of())).isEqualTo("one is required");
    assertThat(TaskSpec.schema(List.of(required), List.of()))
        .containsEntry("required", List.of("one"));
  }

  @Test
  void givenAConvertedParameter_whenItIsRead_thenItIsConvertedAndItsSchemaIsTheSame() {
    Param<Integer> twice = Param.integer("n", "", 1, 9, 4).map(n -> 2 * n);

    assertThat(read(twice, 3)).isEqualTo(6);
    assertThat(twice.schema()).isEqualTo(Param.integer("n", "", 1, 9, 4).schema());
  }

  @Test
  void givenTwoParametersThatExcludeEachOther_whenBothAreThere_thenOneIsRefused() {
    TaskParams params = TaskParams.of(Map.of("word", "a", "words", List.of("b")));
    Param<List<String>> words = Param.texts("words", "", 3, WORD);
    WORD.read(params);
    words.read(params);

    WORD.notBeside(words, params);

    assertThat(params.problem().orElseThrow().message())
        .isEqualTo("word must not be given beside words");
  }

  @Test
  void givenAnObject_whenAMemberBreaksARule_thenTheProblemNamesItsPlace() {
    Param<Integer> size = Param.integer("size", "", 1, 9, 4);
    Param<TaskParams> box = Param.object("box", "", size);
    TaskParams params = TaskParams.of(Map.of("box", Map.of("size", 10)));

    size.read(box.read(params));

    assertThat(params.problem().orElseThrow().message()).startsWith("box/size must be");
  }

  @Test
  void givenATitleAndExamples_whenTheSchemaIsMade_thenTheTitleComesFirst() {
    assertThat(WORD.titled("Word").examples("a", "b").schema().keySet())
        .containsExactly("title", "type", "description", "maxLength", "examples");
  }
}
