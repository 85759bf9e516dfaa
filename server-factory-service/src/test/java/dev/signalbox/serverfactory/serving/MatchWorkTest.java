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
import org.junit.jupiter.params.provider.ValueSource;

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

  /** An element of an array whose hash code is that of all others, behind much that is equal. */
  private static String alike(int number, int members) {
    return "{"
        + list(members, ",", i -> "\"k" + i + "\":" + i)
        + ",\"z\":"
        + collision(number)
        + "}";
  }

  private static String schema(String schema) {
    return routes(1, _ -> "'body':{'json_schema':" + schema + "}");
  }

  /** A schema that leads to another one a thousand times. */
  private static String referring(String draft, String schema) {
    String references = array(1_000, _ -> "{'$ref':'#/definitions/a'}");
    return schema(
        "{'$schema':'"
            + draft
            + "','allOf':"
            + references
            + ",'definitions':{'a':"
            + schema
            + "}}");
  }

  private static Arguments again(String keyword, String value, String body) {
    return Arguments.of(
        keyword + " by a thousand references",
        referring("http://json-schema.org/draft-07/schema#", "{'" + keyword + "':" + value + "}"),
        body);
  }

  /** Keywords that are a step each, however much they read. */
  static Stream<Arguments> dearKeywords() {
    String numbers = array(4_000, String::valueOf);
    String members = "{" + list(4_000, ",", i -> "\"k" + i + "\":1") + "}";
    String text = "\"" + "é".repeat(100_000) + "\"";
    return Stream.of(
        Arguments.of(
            "unique objects of one hash",
            schema("{'uniqueItems':true}"),
            array(800, i -> alike(i, 60))),
        Arguments.of(
            "unique texts of one hash",
            schema("{'uniqueItems':true}"),
            array(400, i -> "[\"" + "x".repeat(1_600) + "\"," + collision(i) + "]")),
        Arguments.of(
            "values of an enum of one hash",
            schema("{'items':{'enum':" + array(1_000, i -> "[" + collision(i) + "]") + "}}"),
            array(2_000, _ -> "[" + collision(2) + "]")),
        Arguments.of(
            "numbers of many digits",
            schema("{'items':{'allOf':" + array(10, _ -> "{'enum':[1e308]}") + "}}"),
            array(4_000, _ -> "1e308")),
        Arguments.of(
            "quotients of many digits",
            schema("{'items':{'allOf':" + array(10, _ -> "{'multipleOf':1e-300}") + "}}"),
            array(4_000, _ -> "1e308")),
        Arguments.of(
            "texts of errors",
            schema("{'not':{'propertyNames':{'enum':['" + "x".repeat(100_000) + "']}}}"),
            members),
        Arguments.of(
            "what was noted of a value",
            referring(
                "https://json-schema.org/draft/2020-12/schema",
                "{'properties':{},'unevaluatedProperties':false}"),
            "{}"),
        again("uniqueItems", "true", numbers),
        again("enum", "[" + numbers + "]", numbers),
        again("const", numbers, numbers),
        again("items", "{}", numbers),
        again("contains", "{}", numbers),
        again("required", array(4_000, i -> "'k" + i + "'"), members),
        again("dependencies", "{'a':[]}", members),
        again("dependencies", "{'k1':" + array(4_000, i -> "'k" + i + "'") + "}", members),
        again("additionalProperties", "{}", members),
        again("propertyNames", "{}", members),
        again("minLength", "5", text),
        again("maxLength", "500000", text),
        again("contentMediaType", "'application/json'", "\"" + "1 ".repeat(10_000) + "\""));
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
  @MethodSource({"dear", "dearKeywords"})
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'uniqueItems':true}",
        "{'items':{'required':['k1','k2'],'properties':{'k3':{'const':3},'z':{'type':'string'}}}}",
        "{'items':{'properties':{'z':{'enum':['a','b']},'k1':{'multipleOf':1}}}}"
      })
  void givenThousandsOfUsualValues_whenTheirSchemaComparesThem_thenItIsAnswered(
      String schema, Vertx vertx) {
    String rows =
        array(
            3_000,
            i -> "{" + list(8, ",", k -> "\"k" + k + "\":" + k) + ",\"id\":" + i + ",\"z\":\"a\"}");
    try (TestServer server = TestServer.of(vertx, schema(schema))) {
      assertThat(post(server, rows).body()).isEqualTo("hit");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'path_regex':'%s'",
        "'query':{'q':{'regex':'^(?:%s)$'}}",
        "'headers':{'X-Path':{'regex':'^%s$'}}"
      })
  void givenAThousandExpressionsThatDifferInATextOfTheirs_whenTheLastMatches_thenItIsAnswered(
      String match, Vertx vertx) {
    IntFunction<String> expression =
        i -> "/api/v1/tenants/[^/]+/orders-" + i + "/items/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}";
    IntFunction<String> path =
        i -> "/api/v1/tenants/the-first-of-all/orders-" + i + "/items/0123abcd-4567-0123456789ab";
    try (TestServer server =
        TestServer.of(vertx, routes(1_000, i -> match.replace("%s", expression.apply(i))))) {
      assertThat(getAt(server, path.apply(999)).body()).isEqualTo("hit");
      assertThat(getAt(server, path.apply(1_000)).statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> getAt(TestServer server, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path + "?q=" + path)).header("X-Path", path));
  }

  private static HttpResponse<String> post(TestServer server, String body) {
    return server.send(HttpRequest.newBuilder(server.uri("/")).POST(BodyPublishers.ofString(body)));
  }
}
