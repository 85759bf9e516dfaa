package dev.signalbox.serverfactory.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

class OpenApiImportTest {

  private static @Nullable Object json(String text) {
    return StrictJson.value(
        text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private static Imported operation(String path, String operation, String components)
      throws ImportException {
    return OpenApiImport.read(
        json(
            "{'openapi':'3.1.0','paths':{'"
                + path
                + "':{'get':"
                + operation
                + "}},'components':{"
                + components
                + "}}"),
        100);
  }

  private static JsonNode answered(String schema, String components) throws ImportException {
    Imported imported =
        operation(
            "/x",
            "{'responses':{'200':{'content':{'application/json':{'schema':" + schema + "}}}}}",
            components);
    return Json.tree(imported.routes().getFirst()).at("/response/json");
  }

  @Test
  void givenTheDocumentOfTheGateway_whenRead_thenEveryOperationIsARouteAndNothingIsNoted()
      throws Exception {
    String text = Files.readString(Path.of("../gateway-service/src/main/resources/openapi.yaml"));

    Imported imported = OpenApiImport.read(text, 1_000);

    assertThat(imported.notes()).isEmpty();
    long operations =
        text.lines()
            .filter(line -> line.matches("    (get|put|post|delete|head|patch|options):.*"))
            .count();
    assertThat(
            imported.routes().stream()
                .map(route -> String.valueOf(route.get("name")))
                .filter(name -> !name.startsWith("missing parameters: "))
                .distinct())
        .hasSize((int) operations);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/a | path | /a",
        "/a/{id} | path_pattern | /a/{id}",
        "/a/v{id}.json | path_pattern | /a/v{id}.json",
        "/a/{x}-{y} | path_regex | \\Q/a/\\E[^/]+\\Q-\\E[^/]+",
        "/a/{x.y} | path_regex | \\Q/a/\\E[^/]+",
        "/a/{x}/{x} | path_regex | \\Q/a/\\E[^/]+\\Q/\\E[^/]+",
      })
  void givenAPath_whenRead_thenTheNearestThatRoutesHave(String path, String kind, String value)
      throws ImportException {
    Object match = operation(path, "{'responses':{'204':{}}}", "").routes().getFirst().get("match");

    JsonNode tree = Json.tree(match);
    assertThat(tree.get("method").textValue()).isEqualTo("GET");
    assertThat(unquoted(tree.get(kind).textValue())).isEqualTo(unquoted(value));
  }

  /** RE2/J escapes the characters alone, where the JDK quotes the whole. */
  private static String unquoted(String expression) {
    return expression.replace("\\Q", "").replace("\\E", "").replace("\\", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1 | /v1/x",
        "/ | /x",
        "https://api.example.com/v2/ | /v2/x",
        "https://api.example.com | /x",
        "//host/a | /a/x",
        "{scheme}://host/{base} | /b/x",
        "v1 | /v1/x",
      })
  void givenAServer_whenRead_thenItsPathIsBeforeAll(String url, String path)
      throws ImportException {
    Imported imported =
        OpenApiImport.read(
            json(
                "{'openapi':'3.0.3','servers':[{'url':'"
                    + url
                    + "','variables':{'scheme':{'default':'http'},'base':{'default':'b'}}}],"
                    + "'paths':{'/x':{'get':{'responses':{'204':{}}}}}}"),
            10);

    assertThat(Json.tree(imported.routes().getFirst()).at("/match/path").textValue())
        .isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'404':{},'201':{},'200':{}} | 200",
        "{'404':{},'201':{}} | 201",
        "{'2XX':{}} | 200",
        "{'default':{},'404':{}} | 200",
        "{'default':{},'204':{}} | 204",
        "{'404':{},'302':{}} | 302",
      })
  void givenResponses_whenRead_thenTheFirstSuccessfulAnswers(String responses, int status)
      throws ImportException {
    Imported imported = operation("/x", "{'responses':" + responses + "}", "");

    assertThat(Json.tree(imported.routes().getFirst()).at("/response/status").intValue())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'application/json':{'example':{'a':1}}} | {'content-type':'application/json'} | json | {'a':1}",
        "{'application/json':{'examples':{'one':{'value':[1]}}}}"
            + " | {'content-type':'application/json'} | json | [1]",
        "{'application/json':{'examples':{'one':{'$ref':'#/components/examples/e'}}}}"
            + " | {'content-type':'application/json'} | json | 'referred'",
        "{'text/csv':{'example':'a,b'},'application/problem+json':{'example':{}}}"
            + " | {'content-type':'application/problem+json'} | json | {}",
        "{'text/plain':{'example':'hello'}} | {'content-type':'text/plain'} | body | 'hello'",
        "{'text/*':{'schema':{'type':'string'}}} | {'content-type':'text/plain'} | body | 'string'",
        "{'*/*':{'schema':{'type':'integer'}}} | {'content-type':'application/json'} | json | 0",
        "{'application/json':{'example':null}} | {'content-type':'application/json'} | body | 'null'",
      })
  void givenContent_whenRead_thenItsExampleIsTheBody(
      String content, String headers, String kind, String body) throws ImportException {
    Imported imported =
        operation(
            "/x",
            "{'responses':{'200':{'content':" + content + "}}}",
            "'examples':{'e':{'value':'referred'}}");
    JsonNode response = Json.tree(imported.routes().getFirst()).get("response");

    assertThat(response.get("headers")).isEqualTo(Json.tree(json(headers)));
    assertThat(json(response.get(kind).toString())).isEqualTo(json(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'example':7,'type':'string'} | 7",
        "{'examples':[7,8]} | 7",
        "{'const':'c'} | 'c'",
        "{'default':'d','type':'string'} | 'd'",
        "{'enum':['e','f']} | 'e'",
        "{'type':'string','format':'date-time'} | '2026-01-01T00:00:00Z'",
        "{'type':'string','format':'uuid'} | '123e4567-e89b-42d3-a456-426614174000'",
        "{'type':'string','minLength':8} | 'stringxx'",
        "{'type':'string','maxLength':3} | 'str'",
        "{'type':'integer','minimum':5} | 5",
        "{'type':'integer','exclusiveMinimum':5} | 6",
        "{'type':['null','boolean']} | true",
        "{'type':'array','items':{'type':'integer'},'minItems':2} | [0,0]",
        "{'properties':{'a':{'type':'integer'},'b':{'type':'string','writeOnly':true}}} | {'a':0}",
        "{'allOf':[{'properties':{'a':{'const':1}}},{'properties':{'b':{'const':2}}}]} | {'a':1,'b':2}",
        "{'oneOf':[{'const':1},{'const':2}]} | 1",
        "{'$ref':'#/components/schemas/A'} | {'id':0}",
        "{'$ref':'#/components/schemas/Loop'} | {'id':0}",
        "{'type':'array','items':{'$ref':'#/components/schemas/Loop'}} | [{'id':0}]",
        "{'$ref':'#/components/schemas/a~1b%20c'} | 'odd'",
      })
  void givenASchema_whenRead_thenAValueThatItDescribes(String schema, String value)
      throws ImportException {
    String components =
        "'schemas':{'A':{'type':'object','properties':{'id':{'type':'integer'}}},"
            + "'Loop':{'properties':{'id':{'type':'integer'},"
            + "'next':{'$ref':'#/components/schemas/Loop'}}},'a/b c':{'const':'odd'}}";

    assertThat(json(answered(schema, components).toString())).isEqualTo(json(value));
  }

  @Test
  void givenParametersThatAreRequired_whenRead_thenASecondRouteAnswers400WithoutThem()
      throws ImportException {
    Imported imported =
        operation(
            "/x",
            "{'parameters':[{'name':'q','in':'query','required':true},"
                + "{'name':'o','in':'query'},{'name':'X-H','in':'header','required':true},"
                + "{'name':'id','in':'path','required':true}],'responses':{'204':{}}}",
            "");

    assertThat(Json.tree(imported.routes().get(0).get("match")))
        .isEqualTo(
            Json.tree(
                json("{'method':'GET','path':'/x','query':{'q':true},'headers':{'X-H':true}}")));
    assertThat(Json.tree(imported.routes().get(1).get("match")))
        .isEqualTo(Json.tree(json("{'method':'GET','path':'/x'}")));
    assertThat(Json.tree(imported.routes().get(1)).at("/response/json/detail").textValue())
        .isEqualTo("required: headers X-H, query q");
  }

  @Test
  void givenYaml_whenRead_thenScalarsAreThoseOfJsonAndAliasesAreWrittenOut() throws Exception {
    Imported imported =
        OpenApiImport.read(
            """
            openapi: 3.0.3
            paths:
              /x:
                get:
                  responses:
                    200:
                      content:
                        application/json:
                          example: &e
                            date: 2026-01-01
                            no: no
                            time: 12:30:45
                            n: 0x1f
                            i: 12
                            f: 1.5
                            t: true
                            z: ~
                put:
                  responses:
                    200: {content: {application/json: {example: {<<: *e, i: 13}}}}
            """,
            10);

    assertThat(Json.tree(imported.routes().get(0)).at("/response/json").toString())
        .isEqualTo(
            "{\"date\":\"2026-01-01\",\"no\":\"no\",\"time\":\"12:30:45\",\"n\":\"0x1f\","
                + "\"i\":12,\"f\":1.5,\"t\":true,\"z\":null}");
    assertThat(Json.tree(imported.routes().get(1)).at("/response/json/i").intValue()).isEqualTo(13);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'responses':{'200':{'$ref':'other.yaml#/r'}}} | /paths/~1x/get/responses/200: refers to another",
        "{'responses':{'200':{'$ref':'http://127.0.0.1:9/'}}} | /paths/~1x/get/responses/200: refers to another",
        "{'responses':{'200':{'$ref':'#/none'}}} | /paths/~1x/get/responses/200: refers to what is not there",
        "{'responses':{'200':{'$ref':'#/paths/~1x/get/responses/200'}}}"
            + " | /paths/~1x/get/responses/200: refers in a circle",
        "{} | /paths/~1x/get: has no response",
        "{'responses':{'204':{}},'callbacks':{}} | /paths/~1x/get/callbacks: is not supported",
        "{'responses':{'200':{'content':{'application/xml':{'example':{'a':1}}}}}}"
            + " | /paths/~1x/get/responses/200/content/application~1xml: has an example",
      })
  void givenWhatIsNotUnderstood_whenRead_thenItsPlaceIsNoted(String operation, String note)
      throws ImportException {
    assertThat(operation("/x", operation, "").notes()).first().asString().startsWith(note);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "{}",
        "[1]",
        "{\"openapi\":\"3.1.0\"}",
        "{\"openapi\":\"3.1.0\",\"paths\":{}}",
        "{\"openapi\":\"2.0\",\"paths\":{}}",
        "{\"swagger\":\"2.0\",\"paths\":{\"/\":{\"get\":{}}}}",
        "openapi: 3.0.0",
        "openapi: 3.0.0\nopenapi: 3.0.0",
        "a: b: c",
        "a: [",
        "\t",
        "!!java.net.URL [\"http://127.0.0.1:9/\"]",
        "!!javax.script.ScriptEngineManager []",
        "a: &a [*a]",
        "? [a]\n: b",
        "--- a\n--- b",
        "%YAML 9.9\n---\na",
      })
  void givenNoOpenApi_whenRead_thenTheRuleIsNamed(String text) {
    assertThatThrownBy(() -> OpenApiImport.read(text, 10))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void givenAliasesThatMultiply_whenRead_thenTheyAreRefused() {
    StringBuilder bomb = new StringBuilder("openapi: 3.0.0\na0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + (alias + ",").repeat(8) + alias + "]\n");
    }

    assertThatThrownBy(() -> OpenApiImport.read(bomb.toString(), 10))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void givenYamlOfManyLevels_whenRead_thenItIsRefused() {
    assertThatThrownBy(() -> OpenApiImport.read("a: " + "[".repeat(100_000), 10))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void givenSchemasThatMultiply_whenRead_thenTheirValueIsBounded() throws ImportException {
    StringBuilder schemas = new StringBuilder("'schemas':{'s12':{'type':'integer'}");
    for (int i = 0; i < 12; i++) {
      String below = "{'$ref':'#/components/schemas/s" + (i + 1) + "'}";
      schemas.append(",'s" + i + "':{'properties':{");
      for (int p = 0; p < 10; p++) {
        schemas.append(p == 0 ? "" : ",").append("'p" + p + "':" + below);
      }
      schemas.append("}}");
    }

    Imported imported =
        operation(
            "/x",
            "{'responses':{'200':{'content':{'application/json':"
                + "{'schema':{'$ref':'#/components/schemas/s0'}}}}}}",
            schemas.append('}').toString());

    assertThat(Json.text(imported.routes()).length()).isLessThan(1_000_000);
    assertThat(imported.notes()).first().asString().contains("too many values");
  }

  @Test
  void givenMoreOperationsThanRoutesMayBe_whenRead_thenTheRuleIsNamed() {
    assertThatThrownBy(() ->
            OpenApiImport.read(json("{'openapi':'3.0.0','paths':{'/a':{'get':{},'put':{}}}}"), 1))
        .isInstanceOf(ImportException.class)
        .hasMessage("must make at most 1 routes");
  }

  @Property(tries = 1_000)
  void givenAnyDocument_whenRead_thenRoutesOrARule(@ForAll("paths") Object paths) {
    try {
      Imported imported =
          OpenApiImport.read(Map.of("openapi", "3.1.0", "paths", paths, "servers", paths), 1_000);
      assertThat(imported.routes()).isNotEmpty();
    } catch (ImportException refused) {
      assertThat(refused).hasMessageStartingWith("must ");
    }
  }

  @Provide
  Arbitrary<Object> paths() {
    return values(7);
  }

  private static Arbitrary<Object> values(int levels) {
    Arbitrary<Object> leaves =
        Arbitraries.of(
            "",
            "#/paths/~1a",
            "#",
            "#/paths/~1a/get/responses/200",
            "object",
            "array",
            "query",
            1,
            -1,
            0.5,
            true,
            false,
            "date-time");
    if (levels == 0) {
      return leaves;
    }
    List<String> names =
        switch (levels) {
          case 7 -> List.of("/a", "/{a}", "/a/{b}{c}", "x-y", "a");
          case 6 -> List.of("get", "put", "parameters", "$ref");
          case 5 -> List.of("responses", "operationId", "parameters", "callbacks");
          case 4 -> List.of("200", "default", "4XX", "abc", "$ref");
          case 3 -> List.of("content", "headers", "$ref");
          case 2 -> List.of("application/json", "text/*", "*/*", "x", "$ref");
          default ->
              List.of(
                  "schema",
                  "example",
                  "examples",
                  "type",
                  "properties",
                  "items",
                  "allOf",
                  "$ref",
                  "enum",
                  "minLength",
                  "maxLength",
                  "minItems");
        };
    Arbitrary<Object> below = values(levels - 1);
    Arbitrary<Object> objects =
        Arbitraries.maps(Arbitraries.of(names), below).ofMaxSize(3).map(map -> (Object) map);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(6, objects),
        net.jqwik.api.Tuple.of(1, leaves),
        net.jqwik.api.Tuple.of(1, below.list().ofMaxSize(2).map(list -> (Object) list)));
  }
}
