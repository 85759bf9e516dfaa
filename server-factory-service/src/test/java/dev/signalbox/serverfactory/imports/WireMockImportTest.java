package dev.signalbox.serverfactory.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.serverfactory.body.JsonBody;
import dev.signalbox.serverfactory.body.JsonSchemaMatcher;
import dev.signalbox.serverfactory.body.MatchBudget;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireMockImportTest {

  private static @Nullable Object json(String text) {
    return StrictJson.value(
        text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private static Imported read(String text) throws ImportException {
    return WireMockImport.read(json(text), 100);
  }

  private static void becomes(String mapping, String route) throws ImportException {
    Imported imported = read(mapping);

    // As text and back: a Long is no Integer in a tree.
    assertThat(json(Json.text(imported.routes().getFirst()))).isEqualTo(json(route));
    assertThat(imported.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'method':'GET' | 'method':'GET'",
        "'method':'ANY' | ",
        "'url':'/a' | 'path':'/a'",
        "'url':'/a?x=1&x=2&y=a%20b' | 'path':'/a','query':{'x':['1','2'],'y':['a b']}",
        "'urlPath':'/a' | 'path':'/a'",
        "'urlPathTemplate':'/a/{id}' | 'path_pattern':'/a/{id}'",
        "'urlPattern':'/a/[0-9]+' | 'path_regex':'/a/[0-9]+'",
        "'urlPathPattern':'/a/.*' | 'path_regex':'/a/.*'",
        "'urlPattern':'/a\\\\?b=1&c=[0-9]+' | 'path_regex':'/a','query':"
            + "{'b':{'equals':'1'},'c':{'regex':'^(?:[0-9]+)$'}}",
        "'urlPattern':'^/a(\\\\?.*)?$' | 'path_regex':'/a'",
        "'urlPattern':'/a\\\\?(.*)' | 'path_regex':'/a'",
        "'headers':{'X':{'equalTo':'a'}} | 'headers':{'X':{'equals':'a'}}",
        "'headers':{'X':{'equalTo':'a','caseInsensitive':true}}"
            + " | 'headers':{'X':{'equals':'a','ignore_case':true}}",
        "'headers':{'X':{'contains':'a'}} | 'headers':{'X':{'contains':'a'}}",
        "'headers':{'X':{'matches':'a.*'}} | 'headers':{'X':{'regex':'^(?:a.*)$'}}",
        "'headers':{'X':{'doesNotMatch':'a'}} | 'headers':{'X':{'not':{'regex':'^(?:a)$'}}}",
        "'headers':{'X':{'absent':true}} | 'headers':{'X':false}",
        "'headers':{'X':{'not':{'contains':'a'}}} | 'headers':{'X':{'not':{'contains':'a'}}}",
        "'headers':{'X':{'or':[{'equalTo':'a'},{'contains':'b'}]}}"
            + " | 'headers':{'X':{'any':[{'equals':'a'},{'contains':'b'}]}}",
        "'headers':{'X':{'and':[{'contains':'a'},{'contains':'b'}]}}"
            + " | 'headers':{'X':{'all':[{'contains':'a'},{'contains':'b'}]}}",
        "'headers':{'X':{'contains':'a','matches':'b'}}"
            + " | 'headers':{'X':{'all':[{'contains':'a'},{'regex':'^(?:b)$'}]}}",
        "'queryParameters':{'q':{'hasExactly':[{'equalTo':'a'}]}} | 'query':{'q':['a']}",
        "'cookies':{'c':{'equalTo':'v'}} | 'cookies':{'c':{'equals':'v'}}",
        "'basicAuth':{'username':'u','password':'p'}"
            + " | 'headers':{'authorization':'Basic dTpw'}",
        "'bodyPatterns':[{'equalTo':'x'}] | 'body':{'equals':'x'}",
        "'bodyPatterns':[{'contains':'x'},{'contains':'y'}] | 'body_contains':['x','y']",
        "'bodyPatterns':[{'matches':'x+'}] | 'body':{'regex':'^(?:x+)$'}",
        "'bodyPatterns':[{'equalToJson':{'a':1}}] | 'body':{'equals_json':{'a':1}}",
        "'bodyPatterns':[{'equalToJson':'[1,2]'}] | 'body':{'equals_json':[1,2]}",
        "'bodyPatterns':[{'matchesJsonPath':'$.a'}] | 'body':{'json_path':{'$.a':true}}",
        "'bodyPatterns':[{'matchesJsonPath':{'expression':'$.a','equalTo':'x'}}]"
            + " | 'body':{'json_path':{'$.a':{'equals':'x'}}}",
        "'bodyPatterns':[{'matchesJsonPath':{'expression':'$.a','contains':'x'}},"
            + "{'matchesJsonPath':'$.a'}] | 'body':{'json_path':{'$.a':{'all':[{'contains':'x'},true]}}}",
        "'bodyPatterns':[{'matchesJsonSchema':{'type':'object'}}]"
            + " | 'body':{'json_schema':{'type':'object'}}",
        "'bodyPatterns':[{'matchesJsonSchema':'{}','schemaVersion':'V7'}]"
            + " | 'body':{'json_schema':{'$schema':'http://json-schema.org/draft-07/schema#'}}",
      })
  void givenAConditionOfWireMock_whenRead_thenOneOfOurs(String request, @Nullable String match)
      throws ImportException {
    becomes(
        "{'request':{" + request + "},'response':{}}",
        "{'match':{" + (match == null ? "" : match) + "},'response':{}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'status':201,'body':'x' | 'status':201,'body':'x'",
        "'status':'404' | 'status':404",
        "'jsonBody':{'a':[1,null]} | 'json':{'a':[1,null]}",
        "'base64Body':'AAE=' | 'body_base64':'AAE='",
        "'headers':{'X':'a','Y':['b','c']} | 'headers':{'X':'a','Y':['b','c']}",
        "'fixedDelayMilliseconds':500 | 'delay_ms':500",
        "'delayDistribution':{'type':'uniform','lower':1,'upper':9} | 'delay':{'uniform':[1,9]}",
        "'delayDistribution':{'type':'lognormal','median':80,'sigma':0.4}"
            + " | 'delay':{'lognormal':{'median':80,'sigma':0.4}}",
        "'delayDistribution':{'type':'fixed','milliseconds':7} | 'delay_ms':7",
        "'chunkedDribbleDelay':{'numberOfChunks':5,'totalDuration':1000}"
            + " | 'delay':{'dribble':{'chunks':5,'over_ms':1000}}",
        "'fault':'EMPTY_RESPONSE' | 'fault':'empty_response'",
        "'fault':'MALFORMED_RESPONSE_CHUNK' | 'fault':'malformed_chunk'",
        "'fault':'RANDOM_DATA_THEN_CLOSE' | 'fault':'garbage'",
        "'fault':'CONNECTION_RESET_BY_PEER' | 'fault':'connection_reset'",
        "'proxyBaseUrl':'http://example.org/x' | 'proxy':{'url':'http://example.org/x'}",
        "'body':'{{request.path}}' | 'body':'{{request.path}}'",
      })
  void givenAResponseOfWireMock_whenRead_thenOneOfOurs(String response, String made)
      throws ImportException {
    becomes(
        "{'request':{},'response':{" + response + "}}", "{'match':{},'response':{" + made + "}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{{request.path}} {{request.method}} | {{request.path}} {{request.method}}",
        "{{{request.body}}} | {{{request.body}}}",
        "{{request.query.q}} {{request.query.q.[0]}} | {{request.query.q}} {{request.query.q}}",
        "{{request.headers.X-Id}} {{request.headers.[X-Id]}}"
            + " | {{request.headers.X-Id}} {{request.headers.X-Id}}",
        "{{ request.cookies.c }} | {{request.cookies.c}}",
        "{{jsonPath request.body '$.a.b'}} | {{request.json.a.b}}",
        "{{jsonPath request.body '$.a[0]['b']'}} | {{request.json.a.0.b}}",
        "{{randomValue type='UUID'}} | {{random.uuid}}",
        "{{now}} {{now format='epoch'}} | {{now}} {{now_ms}}",
        "{{request.path.id}} | {{path.id}}",
      })
  void givenATemplate_whenRead_thenItHasOurNames(String body, String made) throws ImportException {
    String escaped = body.replace("'", "\\u0027");
    becomes(
        "{'request':{'urlPathTemplate':'/x/{id}'},"
            + "'response':{'transformers':['response-template'],'body':'"
            + escaped
            + "'}}",
        "{'match':{'path_pattern':'/x/{id}'},'response':{'body':'" + made + "','template':true}}");
  }

  @Test
  void givenATemplateInJson_whenRead_thenItsTextsHaveOurNames() throws ImportException {
    becomes(
        "{'response':{'transformers':['response-template'],"
            + "'jsonBody':{'a':['{{request.query.x.[0]}}',1,null]}}}",
        "{'match':{},'response':{'json':{'a':['{{request.query.x}}',1,null]},'template':true}}");
  }

  @Test
  void givenWhatStandsBesideRequestAndResponse_whenRead_thenPriorityScenarioAndName()
      throws ImportException {
    becomes(
        "{'id':'1','uuid':'1','name':'n','persistent':true,'metadata':{},'priority':3,"
            + "'scenarioName':'s','requiredScenarioState':'Started','newScenarioState':'two',"
            + "'request':{},'response':{}}",
        "{'name':'n','match':{},'priority':3,"
            + "'scenario':{'name':'s','state':'started','new_state':'two'},'response':{}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{'x':1,'y':2}} | true | false | {'a':{'x':1,'y':2,'z':3},'b':1} | true",
        "{'a':{'x':1}} | true | false | {'a':{'x':2}} | false",
        "{'a':[1,2]} | false | true | {'a':[2,1]} | true",
        "{'a':[1,2]} | false | true | {'a':[2,1,3]} | false",
        "{'a':[1,2]} | false | true | {'a':[1,2],'b':0} | false",
        "{'a':[1]} | true | true | {'a':[2,1]} | true",
        "{'a':'${json-unit.any-string}'} | false | false | {'a':'x'} | true",
        "{'a':'${json-unit.any-string}'} | false | false | {'a':1} | false",
        "{'a':'${json-unit.regex}[a-z]+'} | false | false | {'a':'abc'} | true",
        "{'a':'${json-unit.regex}[a-z]+'} | false | false | {'a':'abc1'} | false",
        "{'a':'${json-unit.ignore}'} | false | false | {'a':[]} | true",
        "{'a':null} | true | false | {'a':null} | true",
        "{'a':[]} | true | true | {'a':[1]} | true",
      })
  void givenAJsonThatNeedNotBeEqual_whenRead_thenASchemaTakesWhatWireMockTakes(
      String json, boolean extra, boolean anyOrder, String body, boolean matches) throws Exception {
    Imported imported =
        read(
            "{'request':{'bodyPatterns':[{'equalToJson':"
                + json
                + ",'ignoreExtraElements':"
                + extra
                + ",'ignoreArrayOrder':"
                + anyOrder
                + "}]}}");

    assertThat(imported.notes()).isEmpty();
    assertThat(schemaTakes(imported, body)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$.[?(@.name == 'x')] | {'name':'x'} | true",
        "$.[?(@.name == 'x')] | {'name':'y'} | false",
        "$[?(@.name == 'x')] | [{'name':'y'},{'name':'x'}] | true",
        "$.items[?(@.id == 7)] | {'items':[{'id':6},{'id':7}]} | true",
        "$.items[?(@.id == 7)] | {'items':[{'id':6}]} | false",
        "$.items[*][?(@.id == 7)] | {'items':[{'id':7}]} | true",
        "$.a[?(@.b.c == true)] | {'a':{'b':{'c':true}}} | true",
        "$.a[?(@.b.c == true)] | {} | false",
      })
  void givenAFilterInAPath_whenRead_thenASchemaTakesWhatWireMockTakes(
      String path, String body, boolean matches) throws Exception {
    Imported imported =
        read(
            "{'request':{'bodyPatterns':[{'matchesJsonPath':'"
                + path.replace("'", "\\u0027")
                + "'}]}}");

    assertThat(imported.notes()).isEmpty();
    assertThat(schemaTakes(imported, body)).isEqualTo(matches);
  }

  private static boolean schemaTakes(Imported imported, String body) throws Exception {
    JsonNode route = Json.tree(imported.routes().getFirst());
    Object schema = Json.mapper().convertValue(route.at("/match/body/json_schema"), Object.class);
    return JsonSchemaMatcher.compile(schema)
        .matches(
            Objects.requireNonNull(
                JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8))),
            new MatchBudget());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'request':{'scheme':'https'}} | /request/scheme: is not supported",
        "{'request':{'urlPattern':'/a\\\\?b=(c&d)'}} | /request/urlPattern: is compared",
        "{'request':{'headers':{'X':{'before':'now'}}}} | /request/headers/X/before: is not supported",
        "{'request':{'headers':{'a/b':{'x':1}}}} | /request/headers/a~1b/x: is not supported",
        "{'request':{'headers':{'X':'text'}}} | /request/headers/X: is no object",
        "{'request':{'bodyPatterns':[{'equalToXml':'<a/>'}]}}"
            + " | /request/bodyPatterns/0/equalToXml: is not supported",
        "{'request':{'bodyPatterns':[{'matchesJsonPath':'$..a'}]}}"
            + " | /request/bodyPatterns/0/matchesJsonPath: is left out",
        "{'request':{'bodyPatterns':[{'matches':'a'},{'matches':'b'}]}}"
            + " | /request/bodyPatterns/1/matches: is left out",
        "{'request':{'bodyPatterns':{}}} | /request/bodyPatterns: is no array",
        "{'response':{'bodyFileName':'a.json'}} | /response/bodyFileName: is taken from",
        "{'response':{'fault':'OTHER'}} | /response/fault: is not known",
        "{'response':{'status':'many'}} | /response/status: is no number",
        "{'response':{'statusMessage':'Fine'}} | /response/statusMessage: is not supported",
        "{'response':{'transformers':['mine']}} | /response/transformers: has one",
        "{'response':{'transformers':['response-template'],'body':'{{#each x}}a{{/each}}'}}"
            + " | /response/body: has a tag that is left out: {{#each x}}",
        "{'response':{},'postServeActions':[]} | /postServeActions: is not supported",
        "{'response':{},'newScenarioState':'x'} | /scenarioName: is missing",
        "{'mappings':[{'request':{'x':1}}]} | /mappings/0/request/x: is not supported",
        "[{'response':{}},5] | /1: is no object",
        "[{'response':{}},{'request':{'urlPattern':'/a(?!b)'}}] | /1: is left out: the expression",
        "{'request':{'headers':{'X':{'matches':'a(?=b)'}}}} | /request/headers/X/matches: is left out",
        "{'request':{'bodyPatterns':[{'matches':'(a)\\\\1'}]}} | /request/bodyPatterns/0/matches: is left out",
      })
  void givenWhatIsNotUnderstood_whenRead_thenItsPlaceIsNoted(String mapping, String note)
      throws ImportException {
    assertThat(read(mapping).notes()).first().asString().startsWith(note);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "1", "'x'", "{}", "[]", "{'mappings':[]}", "{'mappings':1}", "[1]"})
  void givenNoMapping_whenRead_thenTheRuleIsNamed(String document) {
    assertThatThrownBy(() -> read(document))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void givenMoreMappingsThanRoutesMayBe_whenRead_thenTheRuleIsNamed() {
    assertThatThrownBy(() -> WireMockImport.read(json("[{},{},{}]"), 2))
        .isInstanceOf(ImportException.class)
        .hasMessage("must have at most 2 mappings");
  }

  @Test
  void givenAThousandThingsNotUnderstood_whenRead_thenAHundredAreNotedAndTheRestCounted()
      throws ImportException {
    Imported imported =
        WireMockImport.read(
            Collections.nCopies(500, Map.of("request", Map.of("x", 1, "y", 2))), 500);

    assertThat(imported.notes()).hasSize(101).last().isEqualTo("/: and 900 more");
  }

  @Property(tries = 1_000)
  void givenAnyJson_whenRead_thenRoutesOrARule(@ForAll("documents") Object document) {
    try {
      assertThat(WireMockImport.read(document, 1_000).routes()).isNotEmpty();
    } catch (ImportException refused) {
      assertThat(refused).hasMessageStartingWith("must ");
    }
  }

  @Provide
  Arbitrary<Object> documents() {
    return values(4);
  }

  private static Arbitrary<Object> values(int levels) {
    Arbitrary<Object> leaves =
        Arbitraries.of(
            "",
            "{",
            "/a?b",
            "$.a",
            "{{a}}",
            "uniform",
            "?",
            1,
            -1,
            1.5,
            true,
            false,
            "$[?(@.a == 1)]",
            "${json-unit.any-string}",
            "response-template");
    if (levels == 0) {
      return leaves;
    }
    Arbitrary<String> names =
        Arbitraries.of(
            "request",
            "response",
            "mappings",
            "url",
            "urlPath",
            "urlPattern",
            "headers",
            "X",
            "equalTo",
            "matches",
            "absent",
            "not",
            "or",
            "hasExactly",
            "bodyPatterns",
            "equalToJson",
            "ignoreExtraElements",
            "matchesJsonPath",
            "matchesJsonSchema",
            "expression",
            "basicAuth",
            "priority",
            "scenarioName",
            "status",
            "body",
            "jsonBody",
            "fixedDelayMilliseconds",
            "delayDistribution",
            "type",
            "lower",
            "fault",
            "transformers",
            "proxyBaseUrl",
            "bodyFileName",
            "name");
    Arbitrary<Object> below = values(levels - 1);
    Arbitrary<Object> objects =
        Arbitraries.maps(names, below).ofMaxSize(6).map(map -> (Object) map);
    return Arbitraries.oneOf(
        objects, objects, leaves, below.list().ofMaxSize(3).map(list -> (Object) list));
  }
}
