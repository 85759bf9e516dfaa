package dev.signalbox.cli.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.node.StartException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeArgumentsTest {

  private static ProbeArguments parse(String... arguments) {
    return ProbeArguments.parse(List.of(arguments));
  }

  @Test
  void aUrlAloneIsOneRequestWithoutItsBody() {
    assertThat(parse("https://example.com/").params())
        .isEqualTo(
            Map.of(
                "url", "https://example.com/",
                "follow_redirects", false,
                "include_body", false));
  }

  @Test
  void aHostAloneIsPlainHttpAsWithCurl() {
    assertThat(parse("example.com").params()).containsEntry("url", "http://example.com");
  }

  @Test
  void theLettersOfCurlWork() {
    assertThat(parse("http://a.test", "-X", "put", "-k", "-4", "-L", "-m", "2").params())
        .containsEntry("method", "PUT")
        .containsEntry("verify_tls", false)
        .containsEntry("ip_family", "ipv4")
        .containsEntry("follow_redirects", true)
        .containsEntry("timeout_ms", 2_000L);
  }

  @Test
  void dataIsPosted() {
    assertThat(parse("http://a.test", "--data", "x=1").params())
        .containsEntry("method", "POST")
        .containsEntry("body", "x=1");
  }

  @Test
  void aHeaderMayComeTwice() {
    assertThat(parse("http://a.test", "-H", "X-A: 1", "-H", "X-A:2").params())
        .containsEntry("headers", Map.of("X-A", List.of("1", "2")));
  }

  @Test
  void assertionsAreWrittenAsPeopleThink() {
    assertThat(AssertOption.parse("status == 200"))
        .isEqualTo(Map.of("source", "status", "comparison", "equals", "target", "200"));
    assertThat(AssertOption.parse("header content-type contains text/html; charset"))
        .isEqualTo(
            Map.of(
                "source", "header",
                "property", "content-type",
                "comparison", "contains",
                "target", "text/html; charset"));
    assertThat(AssertOption.parse("body not_empty"))
        .isEqualTo(Map.of("source", "body", "comparison", "not_empty"));
    assertThat(AssertOption.parse("json $.items[*].id not_exists"))
        .isEqualTo(
            Map.of("source", "json", "property", "$.items[*].id", "comparison", "not_exists"));
  }

  @Test
  void whatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(() -> parse("http://a.test", "--fast"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--fast");
    assertThatThrownBy(() -> parse("http://a.test", "http://b.test"))
        .hasMessageContaining("b.test");
    assertThatThrownBy(() -> parse("http://a.test", "-H", "nothing"))
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> parse("http://a.test", "--assert", "status is 200"))
        .hasMessageContaining("status is 200");
    assertThatThrownBy(() -> parse("-i")).hasMessageContaining("The URL is missing");
  }
}
