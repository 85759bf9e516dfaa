package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestObjectTest {

  private static RequestObject of(String json) {
    return RequestObject.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<FieldProblem> problems(String json, Consumer<RequestObject> reading) {
    RequestObject object = of(json);
    reading.accept(object);
    return fault(object).problems();
  }

  private static ServiceException fault(RequestObject object) {
    ServiceException fault = catchThrowableOfType(ServiceException.class, object::end);
    assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    return fault;
  }

  @Test
  void givenAGoodObject_whenRead_thenEachFieldHasItsValue() {
    RequestObject object =
        of(
            """
            {"text":"a\\nb","line":"x","n":7,"d":0.5,"b":true,"word":"UDP","m":{"k":null},
             "o":{"x":1},"a":[1,null],"l":["p","q"],"os":[{"y":2},{"y":3}]}
            """);

    assertThat(object.text("text", 5)).isEqualTo("a\nb");
    assertThat(object.line("line", 5)).isEqualTo("x");
    assertThat(object.integer("n", 1, 0, 9)).isEqualTo(7);
    assertThat(object.decimal("d", 1, 0, 1)).isEqualTo(0.5);
    assertThat(object.bool("b", false)).isTrue();
    assertThat(object.oneOf("word", "tcp", List.of("tcp", "udp"))).isEqualTo("udp");
    assertThat(object.map("m")).containsKey("k");
    assertThat(object.object("o").integer("x", 0, 0, 9)).isEqualTo(1);
    assertThat(object.array("a", 2)).containsExactly(1, null);
    assertThat(object.lines("l", 2, 1)).containsExactly("p", "q");
    assertThat(object.objects("os", 2))
        .extracting(item -> item.integer("y", 0, 0, 9))
        .containsExactly(2L, 3L);
    assertThatCode(object::end).doesNotThrowAnyException();
  }

  @Test
  void givenNothing_whenRead_thenEachFieldHasItsDefault() {
    RequestObject object = of("{\"n\":null}");

    assertThat(object.optionalText("text", 5)).isNull();
    assertThat(object.optionalLine("line", 5)).isNull();
    assertThat(object.integer("n", 4, 0, 9)).isEqualTo(4);
    assertThat(object.decimal("d", 0.25, 0, 1)).isEqualTo(0.25);
    assertThat(object.bool("b", true)).isTrue();
    assertThat(object.oneOf("word", "tcp", List.of("tcp", "udp"))).isEqualTo("tcp");
    assertThat(object.map("m")).isEmpty();
    assertThat(object.object("o").has("x")).isFalse();
    assertThat(object.array("a", 2)).isEmpty();
    assertThat(object.lines("l", 2, 1)).isEmpty();
    assertThat(object.objects("os", 2)).isEmpty();
    assertThatCode(object::end).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"text":7}             | must be a string
          {"text":"abcdef"}      | must be at most 5 characters
          {"text":""}            | must not be empty
          {"text":null}          | is required
          {"line":"a\\nb"}       | must not contain control characters
          {"n":1.5}              | must be a whole number between 0 and 9
          {"n":"1"}              | must be a whole number between 0 and 9
          {"n":10}               | must be between 0 and 9
          {"n":99999999999999999999999} | must be a whole number between 0 and 9
          {"d":1.1}              | must be a number between 0.0 and 1.0
          {"d":"0"}              | must be a number between 0.0 and 1.0
          {"b":"yes"}            | must be true or false
          {"word":"icmp"}        | must be one of tcp, udp
          {"m":[]}               | must be an object
          {"o":1}                | must be an object
          {"a":{}}               | must be an array
          {"a":[1,2,3]}          | must have at most 2 items
          {"l":["a",""]}         | must hold strings of 1 to 3 characters without control characters
          {"os":7}               | must be an array
          {"other":7}            | is not a known field
          """)
  void givenABadField_whenRead_thenItsPointerAndTheRuleAreTold(String json, String rule) {
    String name = json.substring(2, json.indexOf('"', 2));

    List<FieldProblem> problems =
        problems(
            json,
            object -> {
              if (name.equals("text")) {
                object.text("text", 5);
              }
              object.optionalLine("line", 5);
              object.integer("n", 0, 0, 9);
              object.decimal("d", 0, 0, 1);
              object.bool("b", false);
              object.oneOf("word", "tcp", List.of("tcp", "udp"));
              object.map("m");
              object.object("o");
              object.array("a", 2);
              object.lines("l", 2, 3);
              object.objects("os", 2);
            });

    assertThat(problems).containsExactly(new FieldProblem("/" + name, rule));
  }

  @Test
  void givenSeveralBadFields_whenRead_thenAllAreToldAndTheMessageNamesTheFirst() {
    RequestObject object = of("{\"a\":1,\"b\":2,\"~/\":3}");
    object.optionalText("a", 3);
    object.text("missing", 9);

    ServiceException fault = fault(object);

    assertThat(fault.problems())
        .extracting(FieldProblem::pointer)
        .containsExactly("/a", "/missing", "/b", "/~0~1");
    assertThat(fault).hasMessage("/a must be a string (and 3 more)");
  }

  @Test
  void givenBadFieldsInNestedObjects_whenTheWholeEnds_thenTheirPointersArePaths() {
    List<FieldProblem> problems =
        problems(
            """
            {"a/b":{"x":"1","unknown":1},"list":[{"y":{"z":"1"}},7,{"more":1}]}
            """,
            object -> {
              object.object("a/b").integer("x", 0, 0, 9);
              object.objects("list", 9).forEach(item -> item.object("y").integer("z", 0, 0, 9));
            });

    assertThat(problems)
        .extracting(FieldProblem::pointer)
        .containsExactlyInAnyOrder(
            "/a~1b/x", "/a~1b/unknown", "/list/0/y/z", "/list/1", "/list/2/more");
  }

  @ParameterizedTest
  @CsvSource({
    "{}, is required",
    "{\"list\":[]}, must not be empty",
    "{\"list\":1}, must be an array"
  })
  void givenNoObjects_whenSomeAreRequired_thenThatIsTheProblem(String json, String rule) {
    List<FieldProblem> problems = problems(json, object -> object.requiredObjects("list", 9));

    assertThat(problems).containsExactly(new FieldProblem("/list", rule));
  }

  @Test
  void givenTenThousandProblems_whenTheWholeEnds_thenFiftyAreKeptAndTheRestCounted() {
    String members =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "\"n" + i + "\":1")
            .collect(Collectors.joining(","));

    ServiceException fault = fault(of("{" + members + "}"));

    assertThat(fault.problems()).hasSize(50);
    assertThat(fault)
        .hasMessage("/n0 is not a known field (and 9999 more; the first 50 are listed)");
  }

  @Test
  void givenAnArrayOfAnyValues_whenItsItemsAreRead_thenTheirPlacesArePointers() {
    RequestObject object = RequestObject.of(Map.of("a", Arrays.asList("x", 5, null)));
    RequestObject items = object.items("a", 3);

    assertThat(items.names()).containsExactly("0", "1", "2");
    assertThat(items.text("0", 1)).isEqualTo("x");
    items.text("1", 1);

    ServiceException fault = catchThrowableOfType(ServiceException.class, object::end);
    assertThat(fault.problems()).extracting(FieldProblem::pointer).containsExactly("/a/1", "/a/2");
  }

  @Test
  void givenALongName_whenItIsUnknown_thenItsPointerIsShort() {
    List<FieldProblem> problems = problems("{\"" + "n".repeat(900) + "\":1}", _ -> {});

    assertThat(problems.getFirst().pointer()).hasSizeLessThan(120).endsWith("...");
  }

  @Test
  void givenAnEndedObject_whenItEndsAgain_thenNothingIsToldTwice() {
    RequestObject object = of("{\"a\":1}");

    assertThat(fault(object).problems()).hasSize(1);
    assertThat(fault(object).problems()).hasSize(1);
  }

  @Test
  void givenAnotherValueForAnObject_whenItsFieldsAreRead_thenTheyAreNoProblemsOfTheirOwn() {
    List<FieldProblem> problems =
        problems(
            "{\"o\":7,\"list\":[7]}",
            object -> {
              object.object("o").text("x", 5);
              object.objects("list", 9).forEach(item -> item.text("x", 5));
            });

    assertThat(problems).extracting(FieldProblem::pointer).containsExactly("/o", "/list/0");
  }
}
