package dev.signalbox.platform.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.Validator;
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

    WORD.excludes(words, params);

    assertThat(params.problem().orElseThrow().message())
        .isEqualTo("word cannot be combined with words");
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
        .containsExactly("title", "type", "description", "minLength", "maxLength", "examples");
  }

  /** A declaration, a value, and whether it is allowed. */
  static Stream<Arguments> declarationsAndEdgeValues() {
    Param<Integer> digits = Param.integerOrDigits("p", "", 1, 99, 4);
    Param<String> oneOf = Param.oneOf("p", "", "a", List.of("a", "b"));
    Param<List<String>> texts = Param.texts("p", "", 2, Param.text("q", "", 3, "x"));
    Param<TaskParams> box = Param.object("p", "", Param.integer("n", "", 1, 9, 4));
    return Stream.of(
            values(Param.text("p", "", 3), Map.of("", false, "abc", true, "abcd", false, 1, false)),
            values(Param.text("p", "", 3, "x"), Map.of("", true, "abc", true, "abcd", false)),
            values(Param.optionalText("p", "", 3), Map.of("", true, "abcd", false, true, false)),
            values(Param.content("p", "", 3), Map.of("", true, "a\n", true, "abcd", false)),
            values(
                Param.integer("p", "", 1, 9, 4),
                Map.of(0, false, 1, true, 9, true, 10, false, 5.0, true, 5.5, false, "5", false)),
            values(
                Param.optionalInteger("p", "", -9, 9),
                Map.of(-10, false, -9.0, true, 9.0, true, 1e30, false, List.of(), false)),
            values(
                digits,
                Map.of("1", true, "99", true, "100", false, "-1", false, "", false, "x", false)),
            values(
                digits,
                Map.of(
                    "01", true,
                    "00000000000000000099", true,
                    "000000000000000000099", false,
                    "0100", false,
                    "+1", false)),
            values(digits, Map.of(1, true, 99.0, true, 0, false, 100, false, 1.5, false)),
            values(
                Param.optionalIntegerOrDigits("p", "", 0, 99),
                Map.of("1", true, 1, true, 100, false, false, false, "0", true, "-0", false)),
            values(Param.bool("p", "", true), Map.of(true, true, "true", false, 1, false)),
            values(Param.optionalBool("p", ""), Map.of(false, true, 0, false)),
            values(oneOf, Map.of("a", true, "b", true, "c", false, "", false, 1, false)),
            values(
                texts,
                Map.of(
                    List.of(),
                    false,
                    List.of(""),
                    false,
                    List.of("a", "b"),
                    true,
                    List.of("abcd"),
                    false,
                    List.of("a", "b", "c"),
                    false,
                    List.of(1),
                    false,
                    "a",
                    false)),
            values(
                box,
                Map.of(Map.of(), true, Map.of("n", 10), false, Map.of("m", 1), false, "n", false)),
            values(
                Param.objects("p", "", 1, box),
                Map.of(
                    List.of(), true,
                    List.of(Map.of()), true,
                    List.of(Map.of("n", 0)), false,
                    List.of(Map.of(), Map.of()), false)))
        .flatMap(each -> each);
  }

  private static Stream<Arguments> values(Param<?> param, Map<Object, Boolean> allowed) {
    return allowed.entrySet().stream()
        .map(each -> Arguments.of(param, each.getKey(), each.getValue()));
  }

  @ParameterizedTest
  @MethodSource("declarationsAndEdgeValues")
  void givenAnEdgeValue_whenItIsRead_thenItIsRefusedExactlyWhenTheSchemaRefusesIt(
      Param<?> param, Object value, boolean allowed) {
    Map<String, Object> raw = Map.of("p", value);
    TaskParams params = TaskParams.of(raw);
    readAll(param, params);

    assertThat(params.problem().isEmpty()).as("read").isEqualTo(allowed);
    assertThat(schemaAllows(param, raw)).as("by the schema").isEqualTo(allowed);
  }

  private static void readAll(Param<?> param, TaskParams params) {
    Object read = param.read(params);
    Stream<?> objects = read instanceof List<?> list ? list.stream() : Stream.ofNullable(read);
    objects
        .filter(TaskParams.class::isInstance)
        .map(TaskParams.class::cast)
        .forEach(inner -> inner.integer("n", 4, 1, 9));
  }

  private static boolean schemaAllows(Param<?> param, Map<String, Object> raw) {
    var schema = new JsonObject(Json.text(TaskSpec.schema(List.of(param), List.of())));
    var options =
        new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("https://signalbox.test");
    return Validator.create(JsonSchema.of(schema), options)
        .validate(new JsonObject(Json.text(raw)))
        .getValid();
  }

  @Test
  void givenATextWithADefault_whenAListOfSuchIsDeclared_thenItsItemsHaveNoDefault() {
    Param<List<String>> list = Param.texts("all", "", 3, Param.text("one", "", 5, "abc"));

    assertThat(list.schema().get("items"))
        .isEqualTo(Map.of("type", "string", "description", "", "maxLength", 5, "minLength", 1));
  }
}
