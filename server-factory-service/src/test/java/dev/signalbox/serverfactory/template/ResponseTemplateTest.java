package dev.signalbox.serverfactory.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTemplateTest {

  private static final String JSON =
      """
      {"a": {"b": "deep", "n": 1.50, "t": true, "f": false, "z": null, "e": ""},
       "items": [{"id": 1, "tags": ["x", "y"]}, {"id": 2, "tags": []}, null],
       "text": "<\\"&'>", "class": "lesson"}\
      """;

  private static final GivenRequest REQUEST =
      new GivenRequest(
          Map.of("q", "one two", "a.b", "dotted", "empty", ""),
          Map.of("x-id", "abc"),
          Map.of("session", "s1"),
          Map.of("id", "12", "rest", "a/b"),
          JSON);

  private static String render(String template, Escaping escaping) throws TemplateException {
    return ResponseTemplate.compile(template, escaping).render(REQUEST.scope());
  }

  private static String render(String template) throws TemplateException {
    return render(template, Escaping.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain | plain",
        "{{request.method}} {{ request.path }} | POST /users/12",
        "{{request.query.q}} | one two",
        "{{request.query.a.b}} | dotted",
        "{{request.headers.X-Id}}{{request.headers.x-id}} | abcabc",
        "{{request.cookies.session}} | s1",
        "{{path.id}}-{{path.rest}} | 12-a/b",
        "{{request.json.a.b}} | deep",
        "{{request.json.a.n}} | 1.5",
        "{{request.json.a.t}} {{request.json.a.f}} | true false",
        "[{{request.json.a.z}}] | []",
        "{{request.json.items.1.id}} | 2",
        "[{{request.json.items.9.id}}] | []",
        "[{{request.json.items.x}}] | []",
        "{{request.json.items.0.tags}} | [`x`,`y`]",
        "{{#request.json.items}}{{id}}({{#tags}}{{.}};{{/tags}}){{/request.json.items}}"
            + " | 1(x;y;)2()()",
        "{{#request.json.items}}{{-index}}{{#-last}}!{{/-last}},{{/request.json.items}} | 1,2,3!,",
        "{{#request.json.a}}{{b}} {{path.id}}{{/request.json.a}} | deep 12",
        "{{#request.query.q}}yes{{/request.query.q}}{{^request.query.q}}no{{/request.query.q}} | yes",
        "{{#request.query.no}}yes{{/request.query.no}}{{^request.query.no}}no{{/request.query.no}}"
            + " | no",
        "{{#request.query.empty}}y{{/request.query.empty}}{{^request.query.empty}}n{{/request.query.empty}}"
            + " | n",
        "{{#request.json.a.t}}y{{/request.json.a.t}}{{#request.json.a.f}}n{{/request.json.a.f}} | y",
        "{{#request.json.a.z}}y{{/request.json.a.z}}{{^request.json.a.z}}n{{/request.json.a.z}} | n",
        "{{now}} {{now_ms}} | 2026-11-28T12:30:45.678Z 1795869045678",
        "{{counter}} | 7",
        "a{{! comment }}b | ab",
        "{ {x} }} | { {x} }}",
        "{{unclosed | {{unclosed",
      })
  void givenNames_whenRendered_thenTheirValues(String template, String text) throws Exception {
    assertThat(render(template)).isEqualTo(text.replace('`', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request.class.name",
        "request.method.length",
        "request.getClass",
        "request.hashCode",
        "request",
        "this",
        ".",
        "class",
        "class.name",
        "getClass",
        "toString",
        "request.json.class.name.length",
        "request.json.items.size",
        "request.json.items.class",
        "request.json.a.fields",
        "random",
        "random.seed",
        "scope",
        "entrySet",
        "request.json.a.entrySet",
        "request.nothing",
        "path.none",
        "päth"
      })
  void givenANameOfNoValue_whenRendered_thenNothing(String name) throws Exception {
    assertThat(render("[{{" + name + "}}{{{" + name + "}}}]")).isEqualTo("[]");
  }

  @Test
  void givenElementsOfJson_whenAMethodOfTheirsIsNamed_thenNothing() throws Exception {
    assertThat(render("{{#request.json.items}}{{size}}{{isEmpty}}{{class}}{{/request.json.items}}"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "HTML | &lt;&#34;&amp;&#39;&gt;",
        "XML | &lt;&#34;&amp;&#39;&gt;",
        "JSON | <\\\"&'>",
        "NONE | <\"&'>",
        "HEADER | <\"&'>",
      })
  void givenAnEscaping_whenAValueHasSpecialCharacters_thenTheyAreEscapedButInThreeBraces(
      Escaping escaping, String escaped) throws Exception {
    assertThat(render("{{request.json.text}} {{{request.json.text}}}", escaping))
        .isEqualTo(escaped + " <\"&'>");
  }

  @Test
  void givenABodyWithControlCharacters_whenWrittenIntoXml_thenTheyAreReplaced() throws Exception {
    String text =
        ResponseTemplate.compile("<a>{{request.body}}</a>", Escaping.XML)
            .render(GivenRequest.ofBody("a\u0000\u0008\tb\uffff\ud83d\ude00").scope());

    assertThat(text).isEqualTo("<a>a\ufffd\ufffd\tb\ufffd\ud83d\ude00</a>");
  }

  @Test
  void givenLineBreaksInAValue_whenWrittenIntoAHeader_thenTheyAreRemovedAlsoUnescaped()
      throws Exception {
    String text =
        ResponseTemplate.compile("{{request.body}}|{{{request.body}}}", Escaping.HEADER)
            .render(GivenRequest.ofBody("a\r\nset-cookie: x\0y").scope());

    assertThat(text).isEqualTo("aset-cookie: xy|aset-cookie: xy");
  }

  @ParameterizedTest
  @CsvSource({
    "text/html; charset=utf-8, HTML",
    "TEXT/HTML, HTML",
    "application/xml, XML",
    "application/xhtml+xml, XML",
    "image/svg+xml, XML",
    "application/json, JSON",
    "application/problem+json;charset=utf-8, JSON",
    "application/x-ndjson, JSON",
    "text/plain, NONE",
    "text/csv, NONE",
    "'', NONE",
  })
  void givenAMediaType_whenItsEscapingIsAsked_thenThatOfItsSyntax(
      String mediaType, Escaping escaping) {
    assertThat(Escaping.of(mediaType)).isEqualTo(escaping);
  }

  @Test
  void givenNoMediaType_whenItsEscapingIsAsked_thenNone() {
    assertThat(Escaping.of(null)).isEqualTo(Escaping.NONE);
  }

  @Test
  void givenTheSameSeed_whenRenderedAgain_thenTheSameRandomValues() throws Exception {
    String template = "{{random.int}} {{random.hex}} {{random.uuid}} {{uuid}}";

    assertThat(render(template))
        .isEqualTo(render(template))
        .matches(
            "[0-9]+ [0-9a-f]{16}( [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}){2}");
  }

  @Test
  void givenOneResponse_whenItsTemplatesNameTheUuid_thenItIsOneAndRandomOnesDiffer()
      throws Exception {
    TemplateScope scope = REQUEST.scope();
    String[] body =
        ResponseTemplate.compile("{{uuid}} {{random.uuid}} {{random.uuid}}", Escaping.NONE)
            .render(scope)
            .split(" ");
    String header = ResponseTemplate.compile("{{uuid}}", Escaping.HEADER).render(scope);

    assertThat(header).isEqualTo(body[0]);
    assertThat(body).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{{> partial}} | partials",
        "{{>a}} | partials",
        "{{<p}}{{/p}} | parents",
        "{{$b}}x{{/b}} | blocks",
        "{{#a}}{{> p}}{{/a}} | partials",
        "{{=<% %>=}} | delimiters",
        "{{#a}}x | must be a Mustache template",
        "{{/a}} | must be a Mustache template",
        "{{#a}}{{/b}} | must be a Mustache template",
        "{{{a}} x | must be a Mustache template",
        "{{}} | without a name",
        "{{ }} | without a name",
        "{{#}}{{/}} | names",
        "{{&}} | names",
        "{{...}} | names",
        "{{a..b}} | names",
        "{{.a}} | names",
        "{{a.}} | names",
        "{{randomValue type='UUID'}} | names",
      })
  void givenWhatIsNoTemplateOfResponses_whenCompiled_thenTheRuleIsNamed(
      String template, String rule) {
    assertThatThrownBy(() -> ResponseTemplate.compile(template, Escaping.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{#a}}", "{{ # a}}", "{{^a}}", "{{<a}}", "{{$a}}"})
  void givenSectionsInManyLevels_whenCompiled_thenTheyAreRefused(String open) {
    String template = open.repeat(100_000) + "{{/a}}".repeat(100_000);

    assertThatThrownBy(() -> ResponseTemplate.compile(template, Escaping.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("levels");
  }

  @Test
  void givenANameOfAMillionCharacters_whenCompiled_thenItIsRefused() {
    assertThatThrownBy(
            () -> ResponseTemplate.compile("{{" + "a.".repeat(500_000) + "a}}", Escaping.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("500");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{#request.json.a}}{{#request.json.a}}{{#request.json.a}}x{{/request.json.a}}"
            + "{{/request.json.a}}{{/request.json.a}}",
        "{{#request.json.a}}{{#request.json.a}}{{^.}}{{/.}}{{/request.json.a}}{{/request.json.a}}",
        "{{#request.json.a}}{{#request.json.a}}{{none.of.these}}{{/request.json.a}}"
            + "{{/request.json.a}}",
        "{{#request.json.a}}{{#request.json.a}}{{/request.json.a}}{{/request.json.a}}",
        "{{#request.json.a}}{{#request.json.a}}{{#-first}}{{/-first}}{{/request.json.a}}"
            + "{{/request.json.a}}",
      })
  void givenNestedSectionsOverALongArray_whenRendered_thenTheyEndWithTheBoundOfSteps(
      String template) {
    GivenRequest request = GivenRequest.ofBody("{\"a\": [" + "1,".repeat(5_000) + "1]}");
    ResponseTemplate compiled = ResponseTemplate.compile(template, Escaping.HTML);

    assertThatThrownBy(() -> compiled.render(request.scope()))
        .isInstanceOf(TemplateException.class)
        .hasMessage("the template needs more than 100000 steps");
  }

  @Test
  void givenALongBodyNamedOften_whenRendered_thenItEndsWithTheBoundOfBytes() {
    GivenRequest request = GivenRequest.ofBody("\u20ac".repeat(100_000));
    ResponseTemplate compiled =
        ResponseTemplate.compile("{{request.body}}".repeat(100), Escaping.NONE);

    assertThatThrownBy(() -> compiled.render(request.scope()))
        .isInstanceOf(TemplateException.class)
        .hasMessage("the template makes more than 4194304 bytes");
  }

  @Test
  void givenABodyWithTags_whenRendered_thenTheyAreText() throws Exception {
    String text =
        ResponseTemplate.compile("{{{request.body}}}", Escaping.NONE)
            .render(GivenRequest.ofBody("{{now}}{{> x}}").scope());

    assertThat(text).isEqualTo("{{now}}{{> x}}");
  }

  @Property(tries = 300)
  void givenAnyText_whenCompiled_thenItRendersOrARuleIsNamed(@ForAll String text)
      throws TemplateException {
    compiles(text.replace('a', '{').replace('b', '}'));
    compiles("{{" + text + "}}");
    compiles("{{#" + text + "}}x{{/" + text + "}}");
  }

  @Example
  void givenTagsOfOneCharacter_whenCompiled_thenTheyRenderOrARuleIsNamed()
      throws TemplateException {
    for (char c = 0; c < 256; c++) {
      compiles("{{" + c + "}}");
      compiles("{{" + c + "x}}{{/x}}");
    }
  }

  private static void compiles(String text) throws TemplateException {
    ResponseTemplate template;
    try {
      template = ResponseTemplate.compile(text, Escaping.JSON);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("must ");
      return;
    }
    assertThat(template.render(REQUEST.scope()).getBytes(StandardCharsets.UTF_8)).isNotNull();
  }
}
