package dev.signalbox.httpprobe.url;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import java.nio.charset.StandardCharsets;

/** Any text is a URL or is refused; a URL reads as itself again. */
class WebUrlFuzzTest {

  private static final WebUrl BASE =
      ((Parsed.Good) WebUrl.parse("https://a.example:8443/b/c?d")).url();

  @FuzzTest(maxDuration = "1m")
  void a_url_reads_as_itself_again(byte[] data) {
    check(WebUrl.parse(new String(data, StandardCharsets.UTF_8)));
  }

  @FuzzTest(maxDuration = "1m")
  void a_reference_leads_to_a_url(byte[] data) {
    check(BASE.resolve(new String(data, StandardCharsets.UTF_8)));
  }

  private static void check(Parsed parsed) {
    if (parsed instanceof Parsed.Good(WebUrl url)) {
      assertThat(url.target()).startsWith("/").matches("[!-~]*").doesNotContain("#");
      assertThat(url.path()).doesNotContain("/../", "/./");
      assertThat(url.origin().host()).matches("[0-9a-z._:-]+");
      assertThat(url.origin().port()).isBetween(1, 65_535);
      String text = url.toString();
      // Percent-encoding makes a URL longer than what may be read.
      if (text.length() <= 8_192) {
        assertThat(WebUrl.parse(text)).isEqualTo(parsed);
      }
    }
  }
}
