package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {

  private static final String DOCUMENT =
      """
      {"a": {"b": [10, 11, [12]], "c-d": 1, "it's": 2, "q\\"": 3, "": 4, "tab\\t": 5, "~/": 6},
       "gr\u00fc\u00dfe": 7, "\ud83d\ude00": 8, "0": 9, "list": [{"id": 1}, {"id": 2}, {}],
       "null": null, "*": 13, "x y": 14}\
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$.a.b[0] | [10]",
        "$['a']['b'][1] | [11]",
        "$[\"a\"].b[-1][0] | [12]",
        "$.a.b[-3] | [10]",
        "$.a.b[-4] | []",
        "$.a.b[3] | []",
        "$.a.b[9007199254740991] | []",
        "$.a['c-d'] | [1]",
        "$.a.c-d | [1]",
        "a.c-d | [1]",
        "$.a['it\\'s'] | [2]",
        "$.a[\"it's\"] | [2]",
        "$.a[\"q\\\"\"] | [3]",
        "$.a['q\"'] | [3]",
        "$.a[''] | [4]",
        "$.a['tab\\t'] | [5]",
        "$.a['tab\\u0009'] | [5]",
        "$.a['~\\/'] | [6]",
        "$.gr\u00fc\u00dfe | [7]",
        "$['gr\\u00fc\\u00DFe'] | [7]",
        "$.\ud83d\ude00 | [8]",
        "$['\\ud83d\\ude00'] | [8]",
        "$['0'] | [9]",
        "$[0] | []",
        "$ .a [ 'b' ] [ 0 ] | [10]",
        "$.list[*].id | [1,2]",
        "$.list.*.id | [1,2]",
        "$.a.b[*] | [10,11,[12]]",
        "$.null | [null]",
        "$.null[*] | []",
        "$.none | []",
        "$['*'] | [13]",
        "a.b[0] | [10]",
        "['a'].b[0] | [10]",
        "/a/b/0 | [10]",
        "/a/b/2/0 | [12]",
        "/a/b/00 | []",
        "/a/b/-1 | []",
        "/a/b/- | []",
        "/a/~0~1 | [6]",
        "/a/ | [4]",
        "/0 | [9]",
        "/x y | [14]",
        "/* | [13]",
      })
  void finds_what_the_path_says(String path, String found) throws Exception {
    assertThat(JsonPath.parse(path).find(document()).toString().replace(" ", "")).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "$"})
  void finds_the_whole_document(String path) throws Exception {
    assertThat(JsonPath.parse(path).find(document())).containsExactly(document());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$..id | descendants",
        "$.a..b | descendants",
        "$..* | descendants",
        "$[?@.a] | filter",
        "$[?(@.a == 1)] | filter",
        "$[0:2] | slice",
        "$[:2] | slice",
        "$[::2] | slice",
        "$[0,1] | one selector",
        "$['a','b'] | one selector",
        "$[] | index",
        "$[a] | index",
        "$[01] | index",
        "$[-0] | index",
        "$[+1] | index",
        "$[1.0] | bracket",
        "$[9007199254740992] | index",
        "$[99999999999999999999] | index",
        "$. | names",
        "$.a. | names",
        "$.0 | names",
        "$.-d | names",
        "$. a | names",
        "$a | dot or a bracket",
        "$.a$ | dot or a bracket",
        "$['a' | close each bracket",
        "$['a | quotation mark",
        "$['a\\'] | quotation mark",
        "$['\\x'] | escape",
        "$['\\\"'] | escape",
        "$['\\u12'] | hexadecimal",
        "$['\\ud83d'] | Unicode",
        "$[0 | close each bracket",
        "$.a] | dot or a bracket",
        "$.length() | dot or a bracket",
        "/a~ | JSON Pointer",
        "/a~2 | JSON Pointer",
        "@.a | begin with",
        ".a | begin with",
        "0 | begin with",
      })
  void refuses_what_it_does_not_understand(String path, String rule) {
    assertThatThrownBy(() -> JsonPath.parse(path))
        .isInstanceOf(JsonPath.JsonPathException.class)
        .hasMessageStartingWith("must ")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$[1 | must close each bracket (read up to character 3 of $[1)",
        "[1 | must close each bracket (read up to character 2 of [1)",
        "[x] | must have an index, * or a name in quotation marks in each pair of brackets (read up to character 1 of [x])",
        "[0:1] | must not contain a slice (read up to character 3 of [0:1])",
        "a[?@.b] | must not contain a filter (read up to character 3 of a[?@.b])",
        "a..b | must not contain .. (descendants are not supported) (read up to character 3 of a..b)",
      })
  void a_problem_is_at_its_place_in_the_path_as_it_was_written(String path, String message) {
    assertThatThrownBy(() -> JsonPath.parse(path)).hasMessage(message);
  }

  @Property(tries = 500)
  void any_name_can_be_written_in_either_quotation_marks(
      @ForAll String name, @ForAll boolean single) throws Exception {
    JsonNode document = JsonNodeFactory.instance.objectNode().put(name, 1).put("other", 2);
    String json = Json.mapper().writeValueAsString(name);
    String inner = json.substring(1, json.length() - 1);
    String path =
        single ? "$['" + inner.replace("\\\"", "\"").replace("'", "\\'") + "']" : "$[" + json + "]";

    List<JsonNode> found =
        JsonPath.parse(path).find(JsonNodeFactory.instance.arrayNode().add(document).get(0));

    assertThat(found).containsExactly(document.get(name));
  }

  @Property(tries = 1_000)
  void any_text_is_a_path_or_is_refused(@ForAll String text) throws Exception {
    for (String path : List.of(text, "$" + text, "$[" + text + "]", "$['" + text + "']")) {
      try {
        JsonPath.parse(path).find(document());
      } catch (JsonPath.JsonPathException refused) {
        assertThat(refused).hasMessageStartingWith("must ");
      }
    }
  }

  private static JsonNode document() throws Exception {
    return Json.mapper().readTree(DOCUMENT);
  }
}
