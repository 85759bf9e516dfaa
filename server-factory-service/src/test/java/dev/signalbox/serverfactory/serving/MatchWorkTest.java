package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VertxExtension.class)
class MatchWorkTest {

  /** 1,983 instructions, all of which each letter is under. */
  private static final String LARGE = "{'regex':'" + "a?".repeat(990) + "[yz]'}";

  /** 183 instructions. */
  private static final String SMALLER = "{'regex':'" + "a?".repeat(90) + "[yz]'}";

  private static final String TEXT = "a".repeat(10_000);

  private static String list(int count, String separator, IntFunction<String> item) {
    return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(separator));
  }

  private static String array(int count, IntFunction<String> item) {
    return "[" + list(count, ",", item) + "]";
  }

  private static String route(String match) {
    return "{'match':{" + match + "},'response':{'body':'hit'}}";
  }

  private static String routes(int count, IntFunction<String> match) {
    return "{'routes':" + array(count, i -> route(match.apply(i))) + "}";
  }

  private static String atPaths(int count, IntFunction<String> path, String matcher) {
    return "'body':{'json_path':{"
        + list(count, ",", i -> "'" + path.apply(i) + "':" + matcher)
        + "}}";
  }

  /** A text of its own for each number, all of one hash code. */
  private static String collision(int number) {
    return "\"" + list(12, "", bit -> (number >> bit & 1) == 0 ? "Aa" : "BB") + "\"";
  }

  static Stream<Arguments> dear() {
    String texts = array(60, _ -> "\"" + TEXT + "\"");
    String alike = list(3, ",", _ -> "{'type':'string'}");
    return Stream.of(
        Arguments.of(
            "values that nearly need all",
            routes(1, _ -> atPaths(1, _ -> "$[*]", LARGE)),
            array(60, _ -> "\"" + "a".repeat(2_000) + "\"")),
        Arguments.of(
            "conditions that hold",
            routes(1, _ -> atPaths(20, i -> "$[" + i + "]", "{'not':" + SMALLER + "}")),
            texts),
        Arguments.of("routes", routes(20, _ -> "'body':" + SMALLER), TEXT),
        Arguments.of(
            "any of many",
            routes(1, _ -> atPaths(1, _ -> "$[0]", "{'any':" + array(20, _ -> SMALLER) + "}")),
            texts),
        Arguments.of(
            "all of many",
            routes(
                1,
                _ ->
                    atPaths(
                        1,
                        _ -> "$[0]",
                        "{'all':" + array(20, _ -> "{'not':" + SMALLER + "}") + "}")),
            texts),
        Arguments.of(
            "any of many for many values",
            routes(
                1,
                _ ->
                    atPaths(
                        1,
                        _ -> "$[*]",
                        "{'any':" + array(100, i -> "{'equals':'n" + i + "'}") + "}")),
            array(50_000, i -> "\"" + i + "\"")),
        Arguments.of(
            "paths",
            routes(1, _ -> atPaths(50, i -> "$[*].k" + i, "false")),
            array(50_000, String::valueOf)),
        Arguments.of(
            "whole documents at paths",
            routes(200, _ -> atPaths(1, _ -> "$", "'none'")),
            array(100_000, String::valueOf)),
        Arguments.of(
            "steps of schemas",
            routes(200, _ -> "'body':{'json_schema':{'items':{'allOf':[" + alike + "]}}}"),
            array(5_001, i -> i < 5_000 ? "\"a\"" : "1")),
        Arguments.of(
            "unique items of one hash",
            routes(1, _ -> "'body':{'json_schema':{'uniqueItems':true}}"),
            array(4_096, MatchWorkTest::collision)),
        Arguments.of(
            "values of enums",
            routes(
                1,
                _ -> "'body':{'json_schema':{'anyOf':" + array(600, _ -> "{'enum':[[1]]}") + "}}"),
            array(100_000, String::valueOf)),
        Arguments.of(
            "searches",
            routes(200, _ -> "'body':{'contains':'" + "a".repeat(5_000) + "b'}"),
            "a".repeat(500_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dear")
  void givenConditionsThatMultiplyTheirWork_whenABodyComes_thenItEndsWithABound(
      String what, String definition, String body, Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, definition)) {
      HttpResponse<String> response = post(server, body);

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body())
          .isEqualTo(
              "The request cannot be compared with the routes: the conditions on it need more than"
                  + " 4000000 steps in all");
      assertThat(server.requests().getLast().nearest().reasons())
          .isEqualTo(List.of(response.body()));
    }
  }

  @Test
  void givenATextThatAloneIsTooLong_whenItComes_thenItsLengthIsNamed(Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, routes(1, _ -> atPaths(1, _ -> "$[*]", LARGE)))) {
      assertThat(post(server, array(60, _ -> "\"" + TEXT + "\"")).body())
          .endsWith("the text of 10000 characters is too long for the regular expression");
    }
  }

  @Test
  void givenRoutesOfAnotherMethod_whenTheNearestTakesTooMuch_thenNoneIsNamed(Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, routes(20, _ -> "'method':'PUT','body':" + SMALLER))) {
      HttpResponse<String> response = post(server, TEXT);

      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).isEqualTo("Not Found");
      assertThat(server.requests().getLast().nearest()).isNull();
    }
  }

  @Test
  void givenARouteThatNearlySpendsAll_whenNoneMatches_thenTheNearestHasTheRest(Vertx vertx) {
    // Twice the work of one comparison is within, four times is not.
    try (TestServer server = TestServer.of(vertx, routes(2, _ -> "'body':" + SMALLER))) {
      assertThat(post(server, TEXT).body()).isEqualTo("Not Found");
    }
    try (TestServer server = TestServer.of(vertx, routes(1, _ -> "'body':" + SMALLER))) {
      assertThat(post(server, TEXT).body()).contains("Nearest route: 0");
    }
  }

  @Test
  void givenARequestThatSpentAll_whenTheNextComes_thenItHasABudgetOfItsOwn(Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, routes(1, _ -> atPaths(1, _ -> "$[*]", LARGE)))) {
      assertThat(post(server, array(60, _ -> "\"" + TEXT + "\"")).statusCode()).isEqualTo(500);

      assertThat(post(server, "[\"a\",\"aaz\"]").body()).isEqualTo("hit");
    }
  }

  @Test
  void givenAThousandRoutesOnABody_whenTheLastMatches_thenItIsAnswered(Vertx vertx) {
    String row = "{\"id\":1,\"name\":\"somebody\",\"tags\":[\"a\",\"b\"]}";
    IntFunction<String> match =
        i ->
            "'body':{'contains':'id','json_path':{'$.rows[*].id':"
                + (i == 999 ? "'1'" : "'none'")
                + "},'json_schema':{'properties':{'rows':{'type':'array'}}}}";
    try (TestServer server = TestServer.of(vertx, routes(1_000, match))) {
      assertThat(post(server, "{\"rows\":" + array(100, _ -> row) + "}").body()).isEqualTo("hit");
    }
  }

  private static HttpResponse<String> post(TestServer server, String body) {
    return server.send(HttpRequest.newBuilder(server.uri("/")).POST(BodyPublishers.ofString(body)));
  }
}
