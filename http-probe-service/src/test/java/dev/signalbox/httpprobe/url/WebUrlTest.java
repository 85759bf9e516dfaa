package dev.signalbox.httpprobe.url;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://example.com, http://example.com/",
    "HTTP://EXAMPLE.com:80/A?b=C#frag, http://example.com/A?b=C",
    "https://example.com:443?x, https://example.com/?x",
    "https://example.com:8443/, https://example.com:8443/",
    "https://example.com./a, https://example.com/a",
    "https://example.com:/a, https://example.com/a",
    "http://[::1]:8080/a, http://[0:0:0:0:0:0:0:1]:8080/a",
    "http://[::ffff:127.0.0.1]/, http://127.0.0.1/",
    "http://bücher.example/käse brot, http://xn--bcher-kva.example/k%C3%A4se%20brot",
    "http://my_service:1234/, http://my_service:1234/",
    "http://h/a/./b/../c, http://h/a/c",
    "http://h/.., http://h/",
    "http://h/a/%2e%2e/b, http://h/a/%2e%2e/b",
    "http://１２７.0.0.1/, http://127.0.0.1/",
  })
  void reads_urls(String text, String expected) {
    assertThat(WebUrl.parse(text)).isInstanceOf(Parsed.Good.class);
    assertThat(((Parsed.Good) WebUrl.parse(text)).url()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http",
        "http:",
        "http://",
        "http:///path",
        "http:example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com",
        "//example.com/",
        "example.com",
        " http://example.com",
        "http://exa mple.com/",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\127.0.0.1",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://[::1/",
        "http://[::1%lo]/",
        "http://[127.0.0.1]/",
        "http://::1/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:99999999999/",
        "http://example.com:-1/",
        "http://example.com:8x/",
        "http://a..b/",
        "http://.a/",
        "http://exa%6dple.com/",
        "http://example.com/\r\nHost: evil",
        "http://example.com/\u0000",
        "http://example.com\u0000.evil/",
      })
  void refuses_what_it_might_misread(String text) {
    assertThat(WebUrl.parse(text)).isInstanceOf(Parsed.Bad.class);
  }

  @ParameterizedTest
  @CsvSource({
    "g, http://a/b/c/g",
    "./g, http://a/b/c/g",
    "g/, http://a/b/c/g/",
    "/g, http://a/g",
    "//g, http://g/",
    "?y, http://a/b/c/d?y",
    "g?y, http://a/b/c/g?y",
    "#s, http://a/b/c/d?q",
    "'', http://a/b/c/d?q",
    "., http://a/b/c/",
    ".., http://a/b/",
    "../g, http://a/b/g",
    "../../../../g, http://a/g",
    "g;x=1/../y, http://a/b/c/y",
    "g?y/../x, http://a/b/c/g?y/../x",
    "https://b:8443/x, https://b:8443/x",
  })
  void resolves_references_as_rfc_3986_says(String reference, String expected) {
    WebUrl base = ((Parsed.Good) WebUrl.parse("http://a/b/c/d?q")).url();
    assertThat(((Parsed.Good) base.resolve(reference)).url()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/", "javascript:alert(1)", "http:g", "http://u:p@x/", "//x:0/"})
  void refuses_references_that_leave_http(String reference) {
    WebUrl base = ((Parsed.Good) WebUrl.parse("http://a/b")).url();
    assertThat(base.resolve(reference)).isInstanceOf(Parsed.Bad.class);
  }

  @Property
  void any_text_is_read_or_refused(@ForAll @StringLength(max = 80) String text) {
    for (String candidate : new String[] {text, "http://" + text, "http://h/" + text}) {
      if (WebUrl.parse(candidate) instanceof Parsed.Good(WebUrl url)) {
        assertThat(url.target()).startsWith("/").matches("[!-~]*");
        assertThat(url.origin().host()).matches("[0-9a-f:.]+|[a-z0-9_.-]+");
      }
    }
  }

  @Property
  void what_was_read_reads_the_same_again(@ForAll @StringLength(max = 40) String text) {
    if (WebUrl.parse("http://h/" + text) instanceof Parsed.Good(WebUrl url)) {
      assertThat(WebUrl.parse(url.toString())).isEqualTo(new Parsed.Good(url));
    }
  }
}
