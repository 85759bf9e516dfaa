package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class MatchingTest {

  private static String route(String match) {
    return "{'routes':[{'match':" + match + ",'response':{'body':'hit'}}]}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                       | GET  | /any?x=1  | 200
          {'method':'GET'}                                         | GET  | /         | 200
          {'method':'GET'}                                         | HEAD | /         | 200
          {'method':'GET'}                                         | POST | /         | 404
          {'method':['PUT','PATCH']}                               | PATCH| /         | 200
          {'path':'/a'}                                            | GET  | /a?q      | 200
          {'path':'/a'}                                            | GET  | /%61      | 200
          {'path':'/a'}                                            | GET  | /b/../a   | 200
          {'path':'/a'}                                            | GET  | /a/       | 404
          {'path':'/a'}                                            | GET  | /A        | 404
          {'path_prefix':'/api/'}                                  | GET  | /api/x    | 200
          {'path_prefix':'/api/'}                                  | GET  | /apix     | 404
          {'path_pattern':'/u/{id}'}                               | GET  | /u/1      | 200
          {'path_pattern':'/u/{id}'}                               | GET  | /u/       | 404
          {'path_pattern':'/u/{id}'}                               | GET  | /u/1/2    | 404
          {'path_pattern':'/u/{id}/'}                              | GET  | /u/1/     | 200
          {'path_pattern':'/u/{id}.json'}                          | GET  | /u/1.json | 200
          {'path_pattern':'/u/{id}.json'}                          | GET  | /u/.json  | 404
          {'path_pattern':'/f/{rest*}'}                            | GET  | /f/1/2    | 200
          {'path_pattern':'/f/{rest*}'}                            | GET  | /f/       | 200
          {'path_pattern':'/f/{rest*}'}                            | GET  | /f        | 404
          {'path_regex':'/n/[0-9]+'}                               | GET  | /n/12     | 200
          {'path_regex':'/n/[0-9]+'}                               | GET  | /x/n/12   | 404
          {'path_regex':'/a?b'}                                    | GET  | /bc       | 404
          {'query':{'q':'1'}}                                      | GET  | /?q=1     | 200
          {'query':{'q':'1'}}                                      | GET  | /?q=2&q=1 | 200
          {'query':{'q':['1','2']}}                                | GET  | /?q=1&q=2 | 200
          {'query':{'q':['1','2']}}                                | GET  | /?q=2&q=1 | 404
          {'query':{'q':['1']}}                                    | GET  | /?q=1&q=1 | 404
          {'query':{'q':true}}                                     | GET  | /?q       | 200
          {'query':{'q':false}}                                    | GET  | /?q       | 404
          {'query':{'q':false}}                                    | GET  | /?p       | 200
          {'query':{'q':'a b'}}                                    | GET  | /?q=a+b   | 200
          {'query':{'q':'a b'}}                                    | GET  | /?%71=a%20b | 200
          {'query':{'q':{'contains':'b'}}}                         | GET  | /?q=abc   | 200
          {'query':{'q':{'starts_with':'b'}}}                      | GET  | /?q=abc   | 404
          {'query':{'q':{'ends_with':'C','ignore_case':true}}}     | GET  | /?q=abc   | 200
          {'query':{'q':{'equals':'ABC','ignore_case':true}}}      | GET  | /?q=abc   | 200
          {'query':{'q':{'equals':'ABC'}}}                         | GET  | /?q=abc   | 404
          {'query':{'q':{'regex':'b.'}}}                           | GET  | /?q=abc   | 200
          {'query':{'q':{'regex':'^b'}}}                           | GET  | /?q=abc   | 404
          {'query':{'q':{'not':'1'}}}                              | GET  | /?q=2     | 200
          {'query':{'q':{'not':'1'}}}                              | GET  | /         | 200
          {'query':{'q':{'not':'1'}}}                              | GET  | /?q=1     | 404
          {'query':{'q':{'any':['1',{'regex':'x'}]}}}              | GET  | /?q=x     | 200
          {'query':{'q':{'any':['1',{'regex':'x'}]}}}              | GET  | /?q=y     | 404
          {'query':{'q':{'all':[true,{'not':'1'}]}}}               | GET  | /?q=y     | 200
          {'query':{'q':{'all':[true,{'not':'1'}]}}}               | GET  | /         | 404
          {'headers':{'X-Test':'a'}}                               | GET  | /         | 200
          {'headers':{'x-test':'b'}}                               | GET  | /         | 404
          {'headers':{'X-Absent':false}}                           | GET  | /         | 200
          {'cookies':{'c':'1'}}                                    | GET  | /         | 200
          {'cookies':{'c':'2','d':'2'}}                            | GET  | /         | 404
          {'cookies':{'d':'two'}}                                  | GET  | /         | 200
          """)
  void givenAMatch_whenARequestComes_thenItIsAnsweredOrNot(
      String match, String method, String target, int status, Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, route(match))) {
      HttpResponse<String> response =
          server.send(
              HttpRequest.newBuilder(server.uri(target))
                  .header("X-Test", "a")
                  .header("Cookie", "c=1; d=\"two\"")
                  .method(method, HttpRequest.BodyPublishers.noBody()));

      assertThat(response.statusCode()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'body_contains':'lo'}                                   | hello               | 200
          {'body_contains':['he','lo']}                            | hello               | 200
          {'body_contains':['he','la']}                            | hello               | 404
          {'body':{'equals':'hello'}}                              | hello               | 200
          {'body':{'equals':'hello'}}                              | hello!              | 404
          {'body':{'contains':'ll'}}                               | hello               | 200
          {'body':{'regex':'h.l'}}                                 | hello               | 200
          {'body':{'equals_json':{'a':1,'b':[1.0]}}}               | {"b":[1],"a":1.0}   | 200
          {'body':{'equals_json':{'a':1}}}                         | {"a":1,"b":2}       | 404
          {'body':{'equals_json':{'a':1}}}                         | {"a":1e999}         | 404
          {'body':{'equals_json':{'a':1.5}}}                       | {"a":-1e1000000000} | 404
          {'body':{'equals_json':{'a':0}}}                         | {"a":1e-1000000000} | 200
          {'body':{'equals_json':{'a':1}}}                         | {"a":NaN}           | 404
          {'body':{'json_path':{'$.a':'1'}}}                       | {"a":1e999}         | 404
          {'body':{'json_path':{'$.b':'1'}}}                       | {"a":1e999,"b":1}   | 200
          {'body':{'equals_json':null}}                            | null                | 200
          {'body':{'equals_json':{'a':1}}}                         | {"a":               | 404
          {'body':{'json_path':{'$.a.b':'x'}}}                     | {"a":{"b":"x"}}     | 200
          {'body':{'json_path':{'$.a.b':'x'}}}                     | {"a":{"b":"y"}}     | 404
          {'body':{'json_path':{'$.n':5}}}                         | {"n":5}             | 200
          {'body':{'json_path':{'$.a':false}}}                     | {"b":1}             | 200
          {'body':{'json_path':{'$.a':true}}}                      | hello               | 404
          {'body':{'json_schema':{'type':'object','required':['a']}}} | {"a":1}          | 200
          {'body':{'json_schema':{'type':'object','required':['a']}}} | {"b":1}          | 404
          """)
  void givenABodyMatch_whenARequestComes_thenItIsAnsweredOrNot(
      String match, String body, int status, Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, route(match))) {
      HttpResponse<String> response =
          server.send(
              HttpRequest.newBuilder(server.uri("/"))
                  .POST(HttpRequest.BodyPublishers.ofString(body)));

      assertThat(response.statusCode()).isEqualTo(status);
    }
  }

  private static String named(String name, String match, String rest) {
    return "{'name':'"
        + name
        + "','match':"
        + match
        + ",'response':{'body':'"
        + name
        + "'}"
        + rest
        + "}";
  }

  private static String routes(String... routes) {
    return "{'routes':[" + String.join(",", routes) + "]}";
  }

  @Test
  void givenOverlappingRoutes_whenARequestComes_thenTheMoreSpecificPathIsFirst(Vertx vertx) {
    String[] all = {
      named("none", "{}", ""),
      named("regex", "{'path_regex':'/a/.*'}", ""),
      named("short", "{'path_prefix':'/a'}", ""),
      named("long", "{'path_prefix':'/a/b'}", ""),
      named("pattern", "{'path_pattern':'/a/{x}'}", ""),
      named("exact", "{'path':'/a/b'}", "")
    };
    for (int left = all.length; left > 0; left--) {
      try (TestServer server = TestServer.of(vertx, routes(Arrays.copyOf(all, left)))) {
        String expected =
            new String[] {"none", "regex", "short", "long", "pattern", "exact"}[left - 1];

        assertThat(server.get("/a/b").body()).isEqualTo(expected);
      }
    }
  }

  @Test
  void givenPriorities_whenRoutesOverlap_thenTheLowestIsFirst(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx,
            routes(named("exact", "{'path':'/a'}", ""), named("any", "{}", ",'priority':1")))) {
      assertThat(server.get("/a").body()).isEqualTo("any");
    }
  }

  @Test
  void givenMoreConditions_whenRoutesOverlap_thenTheyAreFirst(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx,
            routes(
                named("plain", "{'path':'/a'}", ""),
                named("second", "{'path':'/a'}", ""),
                named("query", "{'path':'/a','query':{'q':true}}", "")))) {
      assertThat(server.get("/a?q").body()).isEqualTo("query");
      assertThat(server.get("/a").body()).isEqualTo("plain");
    }
  }

  @Test
  void givenNoMatch_whenARequestComes_thenTheNearestRouteAndItsReasonsAreNamed(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx,
            routes(
                named("far", "{'path':'/b','method':'PUT'}", ""),
                named(
                    "near",
                    "{'path':'/a','headers':{'Accept':'application/json'},'query':{'q':true}}",
                    "")))) {
      HttpResponse<String> response =
          server.send(HttpRequest.newBuilder(server.uri("/a")).header("Accept", "text/html"));

      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body())
          .contains("Nearest route: near")
          .contains("header accept is text/html, not application/json")
          .contains("query q is missing")
          .doesNotContain("not present");
      assertThat(server.requests().getFirst().nearest().route()).isEqualTo("near");
      assertThat(server.requests().getFirst().nearest().reasons())
          .contains("query q is missing, not present");
      assertThat(server.requests().getFirst().route()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'headers':{'Authorization':'Bearer wanted-1'}",
        "'headers':{'X-Auth':'wanted-1'}",
        "'headers':{'X-Hub-Signature-256':{'regex':'wanted-1'}}",
        "'query':{'key':'wanted-1'}",
        "'query':{'q':{'contains':'wanted-1'}}",
        "'cookies':{'sid':'wanted-1'}",
        "'body':{'equals':'wanted-1'}",
        "'body':{'contains':'wanted-1'}",
        "'body':{'regex':'wanted-1'}",
        "'body':{'equals_json':{'password':'wanted-1'}}",
        "'body':{'json_path':{'$.password':'wanted-1'}}"
      })
  void givenARouteThatWaitsForAValue_whenAnotherOrNoneComes_thenOnlyTheJournalShowsIt(
      String condition, Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, routes(named("near", "{'path':'/a'," + condition + "}", "")))) {
      String none = server.get("/a").body();
      HttpResponse<String> other =
          server.send(
              HttpRequest.newBuilder(server.uri("/a?key=sent-1&q=sent-1"))
                  .header("Authorization", "Bearer sent-1")
                  .header("X-Auth", "sent-1")
                  .header("X-Hub-Signature-256", "sent-1")
                  .header("Cookie", "sid=sent-1")
                  .POST(BodyPublishers.ofString("{\"password\":\"sent-1\"}")));

      assertThat(other.statusCode()).isEqualTo(404);
      assertThat(none + other.body())
          .contains("is not what the route waits for")
          .doesNotContain("wanted-1", "sent-1");
      assertThat(server.requests().getLast().nearest().reasons().toString()).contains("wanted-1");
    }
  }

  @Test
  void givenASequence_whenRequestsCome_thenTheLastResponseRepeats(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx, "{'routes':[{'match':{},'responses':[{'body':'a','times':2},{'body':'b'}]}]}")) {
      assertThat(
              server.get("/").body()
                  + server.get("/").body()
                  + server.get("/").body()
                  + server.get("/").body())
          .isEqualTo("aabb");

      server.reset();

      assertThat(server.get("/").body()).isEqualTo("a");
    }
  }

  @Test
  void givenACycle_whenRequestsCome_thenTheSequenceBeginsAgain(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx,
            "{'routes':[{'match':{},'cycle':true,'responses':[{'body':'a'},{'body':'b'}]}]}")) {
      assertThat(server.get("/").body() + server.get("/").body() + server.get("/").body())
          .isEqualTo("aba");
    }
  }

  @Test
  void givenAScenario_whenItsRoutesMatch_thenTheStateDecides(Vertx vertx) {
    try (TestServer server =
        TestServer.of(
            vertx,
            routes(
                named("full", "{'method':'GET'}", ",'scenario':{'name':'s','state':'filled'}"),
                named("empty", "{'method':'GET'}", ",'scenario':{'name':'s','state':'started'}"),
                named(
                    "fill",
                    "{'method':'POST'}",
                    ",'scenario':{'name':'s','new_state':'filled'}")))) {
      assertThat(server.get("/").body()).isEqualTo("empty");

      server.send(
          HttpRequest.newBuilder(server.uri("/")).POST(HttpRequest.BodyPublishers.noBody()));

      assertThat(server.get("/").body()).isEqualTo("full");
      assertThat(server.stats().scenarios()).containsEntry("s", "filled");
      server.reset();
      assertThat(server.get("/").body()).isEqualTo("empty");
    }
  }

  @Test
  void givenTheSameRouteInANewDefinition_whenItReplaces_thenItsSequenceGoesOn(Vertx vertx) {
    String sequence = "{'match':{'path':'/s'},'responses':[{'body':'a'},{'body':'b'}]}";
    try (TestServer server = TestServer.of(vertx, "{'routes':[" + sequence + "]}")) {
      assertThat(server.get("/s").body()).isEqualTo("a");

      server.replace(routes(named("new", "{'path':'/n'}", ""), sequence));

      assertThat(server.get("/s").body()).isEqualTo("b");
      assertThat(server.get("/n").body()).isEqualTo("new");
    }
  }
}
