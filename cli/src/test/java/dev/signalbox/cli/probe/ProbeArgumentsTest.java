package dev.signalbox.cli.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void givenSeveralLettersInOneWord_whenTheyAreRead_thenEachCounts() {
    assertThat(parse("-LI", "a.test").params())
        .containsEntry("follow_redirects", true)
        .containsEntry("method", "HEAD");
    assertThat(parse("-kXput", "a.test", "-m2").params())
        .containsEntry("verify_tls", false)
        .containsEntry("method", "PUT")
        .containsEntry("timeout_ms", 2_000L);
  }

  @Test
  void givenHeadersByCurlsLetters_whenTheyAreRead_thenTheyAreHeaders() {
    assertThat(parse("a.test", "-A", "box/1", "-u", "me:secret").params().get("headers"))
        .isEqualTo(
            Map.of("User-Agent", List.of("box/1"), "Authorization", List.of("Basic bWU6c2VjcmV0")));
    assertThatThrownBy(() -> parse("a.test", "-u", "me")).hasMessageContaining("NAME:PASSWORD");
  }

  @Test
  void givenDataOfAFile_whenItIsRead_thenTheBodyIsItsContent(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("body"), "{\"a\":1}\n");

    assertThat(parse("a.test", "-d", "@" + file).params()).containsEntry("body", "{\"a\":1}\n");
    assertThatThrownBy(() -> parse("a.test", "-d", "@" + directory.resolve("none")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--data");
  }

  @ParameterizedTest
  @CsvSource({
    "--resolve=a.test:443:192.0.2.1, 192.0.2.1",
    "--resolve=a.test:443:2001:db8::1, [2001:db8::1]",
    "--resolve=*:443:192.0.2.1, 192.0.2.1",
    "--resolve=b.test:443:192.0.2.1, ",
    "--resolve=a.test:80:192.0.2.1, ",
    "--connect-to=192.0.2.1:8443, 192.0.2.1:8443",
    "--connect-to=[2001:db8::1]:8443, [2001:db8::1]:8443",
    "--connect-to=a.test:443:b.test:8443, b.test:8443",
    "--connect-to=::b.test:8443, b.test:8443",
    "--connect-to=a.test:443:b.test:, b.test:443",
    "--connect-to=c.test:443:b.test:8443, "
  })
  void givenWhereToConnect_whenItIsRead_thenItHoldsForItsHostAndPort(String option, String target) {
    assertThat(parse("https://a.test/", option).params().get("connect_to")).isEqualTo(target);
  }

  @Test
  void givenAnUnknownOption_whenItIsRead_thenItIsRefusedWithTheCloseOne() {
    assertThatThrownBy(() -> parse("a.test", "--folow"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("did you mean --follow?");
    assertThatThrownBy(() -> parse("a.test", "--resolve", "a.test"))
        .hasMessageContaining("HOST:PORT:ADDRESS");
    assertThatThrownBy(() -> parse("a.test", "-LZ")).hasMessageContaining("Unknown option -Z");
  }
}
