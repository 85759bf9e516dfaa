package dev.signalbox.httpprobe.assertion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.httpprobe.assertion.AssertionCheck.Outcome;
import dev.signalbox.httpprobe.body.BodyText;
import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.platform.task.TaskParams;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssertionCheckTest {

  private static final List<Header> HEADERS =
      List.of(
          new Header("Set-Cookie", "a=1; Secure"),
          new Header("set-cookie", "b=2"),
          new Header("X-Empty", ""),
          new Header("X-Limit", "10"),
          new Header("X-Limit", "20"));

  private static final String BODY =
      """
      {"price": 1.10, "hundred": 1e2, "sum": 0.30000000000000004, "big": 9007199254740993,
       "text": "ok", "none": null, "no": "", "list": [], "object": {}, "yes": true,
       "items": [{"id": 1, "state": "up"}, {"id": 2, "state": "up"}, {"id": 3, "state": "down"}]}\
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "set-cookie | contains | a=1 | true",
        "set-cookie | contains | b=2 | true",
        "set-cookie | contains | c=3 | false",
        "set-cookie | equals | b=2 | true",
        "set-cookie | equals | a=1; Secure, b=2 | false",
        "set-cookie | not_equals | b=2 | false",
        "set-cookie | not_equals | c=3 | true",
        "set-cookie | not_contains | Secure | false",
        "set-cookie | not_contains | c=3 | true",
        "x-limit | less_than | 15 | true",
        "x-limit | greater_than | 15 | true",
        "x-limit | greater_than | 20 | false",
        "x-empty | is_empty | - | true",
        "x-empty | not_empty | - | false",
        "x-empty | exists | - | true",
        "x-empty | not_exists | - | false",
        "x-limit | is_empty | - | false",
        "x-none | equals | 1 | false",
        "x-none | not_equals | 1 | true",
        "x-none | contains | 1 | false",
        "x-none | not_contains | 1 | true",
        "x-none | less_than | 1 | false",
        "x-none | is_empty | - | true",
        "x-none | not_empty | - | false",
        "x-none | exists | - | false",
        "x-none | not_exists | - | true",
      })
  void every_value_of_a_header_is_seen(
      String name, String comparison, String target, boolean holds) {
    assertThat(outcome(text(BODY), "header", name, comparison, target).passed()).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "$.price | equals | 1.1 | true",
        "$.price | equals | 1.10 | true",
        "$.price | equals | 1.11 | false",
        "$.price | not_equals | 1.100 | false",
        "$.hundred | equals | 100 | true",
        "$.hundred | less_than | 100.5 | true",
        "$.sum | equals | 0.3 | false",
        "$.sum | greater_than | 0.3 | true",
        "$.big | equals | 9007199254740992 | false",
        "$.big | greater_than | 9007199254740992 | true",
        "$.text | greater_than | 1 | false",
        "$.text | less_than | 1 | false",
        "$.text | equals | ok | true",
        "$.yes | equals | true | true",
        "$.none | is_empty | - | true",
        "$.none | not_empty | - | false",
        "$.no | is_empty | - | true",
        "$.list | is_empty | - | true",
        "$.list | not_empty | - | false",
        "$.object | is_empty | - | true",
        "$.items | is_empty | - | false",
        "$.items | not_empty | - | true",
        "$.items[*].id | greater_than | 0 | true",
        "$.items[*].id | greater_than | 1 | false",
        "$.items[*].state | equals | up | false",
        "$.items[*].state | not_equals | broken | true",
        "$.items[*].state | not_equals | down | false",
        "$.items[-1].state | equals | down | true",
        "$.none | exists | - | true",
        "$.none | not_exists | - | false",
        "$.missing | equals | 1 | false",
        "$.missing | not_equals | 1 | false",
        "$.missing | contains | 1 | false",
        "$.missing | not_contains | 1 | false",
        "$.missing | is_empty | - | false",
        "$.missing | not_empty | - | false",
        "$.missing | exists | - | false",
        "$.missing | not_exists | - | true",
        "$.list[*] | not_equals | 1 | false",
        "$.list[*].id | not_contains | 1 | false",
        "$.list[*] | not_exists | - | true",
      })
  void every_value_at_a_path_must_do(String path, String comparison, String target, boolean holds) {
    assertThat(outcome(text(BODY), "json", path, comparison, target).passed()).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "<html>",
        "{",
        "{\"a\":1}}",
        "{\"a\":1} x",
        "{\"a\":1}{\"a\":1}",
        "{'a':1}",
        "{\"a\":NaN}",
        "[1,]",
        "01"
      })
  void no_assertion_on_json_holds_for_a_body_that_is_none(String body) {
    for (String path : List.of("", "$.a", "/a", "$[*]")) {
      for (String comparison : AssertionReader.comparisons()) {
        assertThat(outcome(text(body), "json", path, comparison, "1").passed())
            .as(path + " " + comparison)
            .isFalse();
      }
    }
  }

  @Test
  void no_assertion_on_json_holds_for_a_body_that_was_cut() {
    for (String comparison : AssertionReader.comparisons()) {
      assertThat(outcome(cut("12"), "json", "", comparison, "3").passed()).as(comparison).isFalse();
    }
  }

  @Test
  void no_assertion_on_json_holds_for_bytes_that_are_no_text() {
    BodyText binary = new BodyText("/w==", "base64", "{\"a\":\"\ufffd\"}", false);

    for (String comparison : AssertionReader.comparisons()) {
      assertThat(outcome(binary, "json", "$.a", comparison, "3").passed()).as(comparison).isFalse();
    }
  }

  @Test
  void a_byte_order_mark_is_no_part_of_json() {
    assertThat(outcome(text("\ufeff{\"a\":1}"), "json", "$.a", "equals", "1").passed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "contains | ell | true",
        "contains | error | false",
        "not_contains | error | false",
        "not_contains | ell | false",
        "equals | hello | false",
        "not_equals | hello | false",
        "not_equals | hello world | false",
        "not_equals | bye | true",
        "is_empty | - | false",
        "not_empty | - | true",
        "exists | - | true",
        "not_exists | - | false",
      })
  void what_was_cut_off_is_not_known(String comparison, String target, boolean holds) {
    assertThat(outcome(cut("hello"), "body", null, comparison, target).passed()).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "equals,false",
        "not_equals,false",
        "less_than,false",
        "greater_than,false",
        "contains,false",
        "not_contains,false",
        "not_empty,false",
        "exists,false",
        "not_exists,true",
        "is_empty,true",
      })
  void a_certificate_that_is_not_there_satisfies_nothing_but_its_absence(
      String comparison, boolean holds) {
    assertThat(outcome(text(""), "tls_expiry", null, comparison, "1").passed()).isEqualTo(holds);
  }

  @Test
  void the_value_that_decided_is_shown() {
    assertThat(outcome(text(BODY), "json", "$.items[*].state", "equals", "up").actual())
        .isEqualTo("down");
    assertThat(outcome(text(BODY), "header", "set-cookie", "contains", "b=").actual())
        .isEqualTo("b=2");
    assertThat(outcome(text(BODY), "json", "$.price", "equals", "2").actual()).isEqualTo("1.10");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "json | $..id | equals | 1 | assertions/0/property must not contain ..",
        "json | $[?@.a] | not_equals | 1 | assertions/0/property must not contain a filter",
        "json | $[0:1] | is_empty | - | assertions/0/property must not contain a slice",
        "json | /a~ | is_empty | - | assertions/0/property must have 0 or 1 after each ~",
        "json | $.a | less_than | soon | assertions/0/target must be a number",
        "header | x | greater_than | - | assertions/0/target is required",
        "header | - | equals | 1 | assertions/0/property must name the header",
        "header | x y | not_contains | 1 | assertions/0/property must name the header",
        "header | x: | not_contains | 1 | assertions/0/property must name the header",
        "status | - | equals | 2xx | assertions/0/target must be a number",
        "status | - | not_equals | ok | assertions/0/target must be a number",
        "time | - | less_than | 1s | assertions/0/target must be a number",
        "tls_expiry | - | not_equals | never | assertions/0/target must be a number",
        "body | - | greater_than | a | assertions/0/target must be a number",
      })
  void what_cannot_be_evaluated_is_refused_when_it_is_read(
      String source, String property, String comparison, String target, String problem) {
    TaskParams params = params(source, property, comparison, target);
    AssertionReader.ASSERTIONS.read(params);

    assertThat(params.problem().orElseThrow().message()).startsWith(problem);
  }

  private static Outcome outcome(
      BodyText body, String source, String property, String comparison, String target) {
    TaskParams params = params(source, property, comparison, target);
    List<Assertion> assertions = AssertionReader.ASSERTIONS.read(params);
    assertThat(params.problem()).isEmpty();
    HopAnswer answer = new HopAnswer(200, "HTTP/1.1", HEADERS, null);
    return new AssertionCheck(answer, null, 1_000_000, body).all(assertions).getFirst();
  }

  private static TaskParams params(
      String source, String property, String comparison, String target) {
    Map<String, Object> assertion = new HashMap<>();
    assertion.put("source", source);
    assertion.put("property", property);
    assertion.put("comparison", comparison);
    assertion.put("target", target);
    return TaskParams.of(Map.of("assertions", List.of(assertion)));
  }

  private static BodyText text(String text) {
    return new BodyText(text, "text", text, false);
  }

  private static BodyText cut(String text) {
    return new BodyText(text, "text", text, true);
  }
}
