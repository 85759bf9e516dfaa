package dev.signalbox.serverfactory.body;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaMatcherTest {

  private static JsonSchemaMatcher schema(String json) {
    return JsonSchemaMatcher.compile(
        StrictJson.value(
            json.getBytes(StandardCharsets.UTF_8), JsonLimits.values(Integer.MAX_VALUE)));
  }

  private static JsonNode body(String json) {
    return requireNonNull(JsonBody.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true | 1 | true",
        "false | 1 | false",
        "{} | null | true",
        "{\"type\":\"object\",\"required\":[\"a\"]} | {\"a\":1} | true",
        "{\"type\":\"object\",\"required\":[\"a\"]} | {\"b\":1} | false",
        "{\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":2}}} | {\"a\":2} | true",
        "{\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":2}}} | {\"a\":1} | false",
        "{\"pattern\":\"^a+$\"} | \"aa\" | true",
        "{\"pattern\":\"^a+$\"} | \"ab\" | false",
        "{\"enum\":[1,\"x\"]} | \"x\" | true",
        "{\"enum\":[1,\"x\"]} | \"y\" | false",
        "{\"enum\":[1]} | 1e999 | false",
        "{\"enum\":[[1]]} | [-1e1000000000] | false",
        "{\"const\":1} | 1e999 | false",
        "{\"const\":[1.5]} | [1e999] | false",
        "{\"multipleOf\":1e-300} | 1e999 | true",
        "{\"multipleOf\":7} | -1e999 | false",
        "{\"maximum\":1e308} | 1e999 | false",
        "{\"exclusiveMinimum\":1,\"type\":\"number\"} | 1e999 | true",
        "{\"uniqueItems\":true} | [1e999,-1e999,1] | true",
        "{\"uniqueItems\":true} | [1,2,{\"a\":[1]},{\"a\":[2]},\"Aa\",\"BB\"] | true",
        "{\"uniqueItems\":true} | [1,{\"a\":[1]},{\"a\":[1]}] | false",
        "{\"uniqueItems\":true} | {\"a\":1,\"b\":1} | true",
        "{\"uniqueItems\":false} | [1,1] | true",
        "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"uniqueItems\":true} | [1,1] | false",
        "{\"$schema\":\"http://json-schema.org/draft-06/schema#\",\"uniqueItems\":true} | [1,1] | false",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"uniqueItems\":true} | [1,1] | false",
        "{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"uniqueItems\":true} | [1,1] | false",
        "{\"pattern\":\"^/a/[0-9]+/b$\"} | \"/a/1/b\" | true",
        "{\"pattern\":\"^/a/[0-9]+/b$\"} | \"/a/1/c\" | false",
        "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"number\"}}} | 1 | true",
        "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"number\"}}} | \"1\" | false",
        "{\"$ref\":\"#n\",\"$defs\":{\"n\":{\"$anchor\":\"n\",\"type\":\"number\"}}} | \"1\" | false",
        "{\"$id\":\"https://example.org/s\",\"items\":{\"$ref\":\"#/$defs/n\"},"
            + "\"$defs\":{\"n\":{\"type\":\"number\"}}} | [1,\"a\"] | false",
        "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}"
            + " | {\"next\":{\"next\":{}}} | true",
        "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}"
            + " | {\"next\":{\"nxt\":{}}} | false",
        "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"maximum\":2,"
            + "\"exclusiveMaximum\":true} | 2 | false",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"if\":{\"const\":1},"
            + "\"then\":false} | 1 | false",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema\",\"type\":\"string\"} | 1 | false",
        "{\"unevaluatedProperties\":false,\"allOf\":[{\"properties\":{\"a\":true}}]}"
            + " | {\"b\":1} | false",
        "{\"format\":\"date\"} | \"no date\" | true",
        "{\"properties\":{\"$ref\":{\"const\":\"x\"},\"enum\":{\"type\":\"number\"}}}"
            + " | {\"$ref\":\"x\",\"enum\":1} | true",
        "{\"const\":{\"$ref\":\"http://example.org\"}} | {\"$ref\":\"http://example.org\"} | true",
      })
  void givenASchema_whenABodyIsMatched_thenAsTheSpecificationSays(
      String schema, String body, boolean matches) throws Exception {
    assertThat(schema(schema).matches(body(body), new MatchBudget())).isEqualTo(matches);
  }

  @Test
  void givenABodyThatDoesNotMatch_whenAskedWhy_thenThePlaceAndTheRule() throws Exception {
    JsonSchemaMatcher schema = schema("{\"properties\":{\"a\":{\"type\":\"integer\"}}}");

    assertThat(schema.mismatch(body("{\"a\":\"x\"}"), new MatchBudget()))
        .isEqualTo("/a string found, integer expected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | an object or a boolean",
        "[] | an object or a boolean",
        "null | an object or a boolean",
        "{\"type\":\"objekt\"} | /type",
        "{\"type\":5} | /type",
        "{\"required\":\"a\"} | /required",
        "{\"minLength\":-1} | /minLength",
        "{\"properties\":{\"a\":5}} | /properties/a",
        "{\"$ref\":\"http://127.0.0.1:9/x.json\"} | places of itself alone",
        "{\"$ref\":\"file:///etc/passwd\"} | places of itself alone",
        "{\"$ref\":\"classpath:/logback.xml\"} | places of itself alone",
        "{\"$ref\":\"other.json\"} | places of itself alone",
        "{\"$id\":\"http://127.0.0.1:9/\",\"$ref\":\"x\"} | places of itself alone",
        "{\"properties\":{\"enum\":{\"$ref\":\"http://127.0.0.1:9/\"}}} | places of itself alone",
        "{\"allOf\":[{\"$dynamicRef\":\"http://127.0.0.1:9/\"}]} | places of itself alone",
        "{\"$ref\":\"#/$defs/none\"} | must be a JSON Schema",
        "{\"$schema\":\"http://127.0.0.1:9/meta\"} | $schema",
        "{\"$schema\":7} | $schema",
        "{\"pattern\":\"(\"} | regular expression",
        "{\"pattern\":\"a(?=b)\"} | look-ahead",
        "{\"pattern\":\"(a{1000}){1000}\"} | repeat",
        "{\"patternProperties\":{\"(a{1000}){1000}\":true}} | repeat",
      })
  void givenWhatIsNoSchemaHere_whenCompiled_thenTheRuleIsNamed(String schema, String rule) {
    assertThatThrownBy(() -> schema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ")
        .hasMessageContaining(rule);
  }

  @Test
  void givenALargeEnum_whenCompiled_thenItIsRefused() {
    String values =
        IntStream.range(0, 20_000).mapToObj(String::valueOf).collect(Collectors.joining(","));

    assertThatThrownBy(() -> schema("{\"enum\":[" + values + "]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must have at most 10000 values");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not", "const", "properties"})
  void givenASchemaOfManyLevels_whenCompiled_thenItIsRefused(String keyword) {
    Map<String, @Nullable Object> schema = Map.of();
    for (int i = 0; i < 1_000; i++) {
      schema = Map.of(keyword, schema);
    }
    Object value = schema;

    assertThatThrownBy(() -> JsonSchemaMatcher.compile(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must have at most 64 levels");
  }

  static Stream<Arguments> endless() {
    List<String> doubling = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String next = "{\"$ref\":\"#/$defs/a" + (i + 1) + "\"}";
      doubling.add("\"a" + i + "\":{\"allOf\":[" + next + "," + next + "]}");
    }
    String many = "[" + "{\"a\":1},".repeat(30_000) + "{}]";
    return Stream.of(
        Arguments.of("{\"$ref\":\"#\"}", "{}", "levels"),
        Arguments.of("{\"allOf\":[{\"$ref\":\"#\"}]}", "{}", "levels"),
        Arguments.of("{\"not\":{\"not\":{\"$ref\":\"#\"}}}", "{}", "levels"),
        Arguments.of(
            "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/b\"}]},"
                + "\"b\":{\"oneOf\":[{\"$ref\":\"#/$defs/a\"}]}}}",
            "{}",
            "levels"),
        Arguments.of(
            "{\"$dynamicAnchor\":\"x\",\"if\":{\"$dynamicRef\":\"#x\"},\"then\":true}",
            "{}",
            "levels"),
        Arguments.of(
            "{\"$ref\":\"#/$defs/a0\",\"$defs\":{" + String.join(",", doubling) + ",\"a40\":{}}}",
            "{}",
            "steps"),
        Arguments.of(
            "{\"items\":{\"allOf\":[{\"required\":[]},{\"type\":\"object\"},{\"properties\":{}}]}}",
            many,
            "steps"),
        Arguments.of(
            "{\"additionalProperties\":false,\"patternProperties\":{\"^([ab]{400})+$\":true}}",
            IntStream.range(0, 40)
                .mapToObj(i -> "\"" + "ab".repeat(2_500 + i) + "\":1")
                .collect(Collectors.joining(",", "{", "}")),
            "steps"),
        Arguments.of("{\"pattern\":\"[ab]{1000}c\"}", "\"" + "ab".repeat(100_000) + "\"", "steps"));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void givenASchemaThatMultipliesItsWork_whenABodyIsMatched_thenItEndsWithABound(
      String schema, String body, String bound) {
    JsonSchemaMatcher compiled = schema(schema);

    assertThatThrownBy(() -> compiled.matches(body(body), new MatchBudget()))
        .isInstanceOf(MatchBoundException.class)
        .hasMessageMatching("the JSON Schema needs more than [0-9]+ " + bound);
  }

  @Test
  void givenTheDeepestSchemaAndBody_whenMatched_thenHalfAStackOfAThreadIsEnough() throws Exception {
    String schema = "{\"items\":".repeat(63) + "{}" + "}".repeat(63);
    String body = "[".repeat(64) + "]".repeat(64);
    List<Object> results = new ArrayList<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                results.add(schema(schema).matches(body(body), new MatchBudget()));
                schema("{\"allOf\":[{\"$ref\":\"#\"}]}").matches(body("{}"), new MatchBudget());
              } catch (MatchBoundException | RuntimeException | StackOverflowError e) {
                results.add(e);
              }
            },
            "small stack",
            512 * 1_024);
    thread.start();
    thread.join(60_000);

    assertThat(results).hasSize(2).first().isEqualTo(true);
    assertThat(results.getLast()).isInstanceOf(MatchBoundException.class);
  }

  @Test
  void givenAHugeArrayOfUniqueItems_whenMatched_thenItEnds() throws Exception {
    String items =
        IntStream.range(0, 50_000).mapToObj(String::valueOf).collect(Collectors.joining(","));

    assertThat(schema("{\"uniqueItems\":true}").matches(body("[" + items + "]"), new MatchBudget()))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$dynamicRef\":\"#a\"}",
        "{\"$dynamicRef\":\"\"}",
        "{\"$dynamicRef\":\"#/$defs/a\",\"$defs\":{\"a\":1}}",
        "{\"$dynamicRef\":\"#/$defs/a\",\"$id\":\"a\"}",
        "{\"allOf\":[{\"$id\":\"a\",\"$dynamicRef\":\"#a\"}],\"$dynamicAnchor\":\"a\"}",
        "{\"$id\":\"::\",\"$dynamicRef\":\"#/%\"}",
        "{\"items\":{\"$dynamicRef\":\"#/$defs/a\"},\"$defs\":{\"a\":{\"$id\":\"%zz\"}}}"
      })
  void givenAReferenceThatLeadsNowhere_whenMatched_thenItEndsOrARuleIsNamed(String json) {
    endsOrNamesARule(StrictJson.object(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Property(tries = 1_000)
  void givenAnySchema_whenMatched_thenItEndsOrARuleIsNamed(@ForAll("schemas") Object value) {
    endsOrNamesARule(value);
  }

  private static void endsOrNamesARule(Object value) {
    JsonSchemaMatcher schema;
    try {
      schema = JsonSchemaMatcher.compile(value);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("must ");
      return;
    }
    for (String text :
        List.of("1", "\"a\"", "[1,{\"a\":[]}]", "{\"a\":{\"a\":1},\"b\":[2]}", "null")) {
      assertThatCode(
              () -> {
                try {
                  schema.matches(body(text), new MatchBudget());
                } catch (MatchBoundException bound) {
                  assertThat(bound).hasMessageStartingWith("the JSON Schema ");
                }
              })
          .doesNotThrowAnyException();
    }
  }

  @Provide
  Arbitrary<Object> schemas() {
    return schemas(4);
  }

  private static Arbitrary<Object> schemas(int levels) {
    Arbitrary<String> names =
        Arbitraries.of(
            "$ref",
            "$id",
            "$anchor",
            "$dynamicRef",
            "$dynamicAnchor",
            "$schema",
            "$defs",
            "type",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "items",
            "prefixItems",
            "contains",
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "dependentSchemas",
            "dependentRequired",
            "unevaluatedProperties",
            "unevaluatedItems",
            "pattern",
            "enum",
            "const",
            "uniqueItems",
            "propertyNames",
            "additionalItems",
            "dependencies",
            "contentEncoding",
            "contentMediaType",
            "multipleOf",
            "minimum",
            "maxLength",
            "minContains",
            "a");
    Arbitrary<Object> leaves =
        Arbitraries.of(
            "#",
            "#/$defs/a",
            "#a",
            "a",
            "::",
            "object",
            "array",
            "[",
            0,
            1,
            -1,
            1.5,
            true,
            false,
            "https://json-schema.org/draft/2019-09/schema",
            "%zz",
            "#/%",
            "");
    if (levels == 0) {
      return leaves;
    }
    Arbitrary<Object> below = schemas(levels - 1);
    Arbitrary<Object> objects =
        Arbitraries.maps(names, below).ofMaxSize(4).map(map -> (Object) map);
    return Arbitraries.oneOf(
        leaves, objects, objects, below.list().ofMaxSize(3).map(list -> (Object) list));
  }
}
