package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ContentDispositionTest {

  @Test
  void givenAPlainName_whenWritten_thenItIsQuoted() {
    assertThat(ContentDisposition.attachment("my file.txt"))
        .isEqualTo("attachment; filename=\"my file.txt\"");
  }

  @Test
  void givenAnyOtherName_whenWritten_thenItHasBothForms() {
    assertThat(ContentDisposition.attachment("Größe.txt"))
        .isEqualTo("attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt");
    assertThat(ContentDisposition.attachment("a\"b\\c%41"))
        .isEqualTo("attachment; filename=\"a_b_c_41\"; filename*=UTF-8''a%22b%5Cc%2541");
    assertThat(ContentDisposition.attachment("🚂")).contains("filename=\"_\"");
  }

  @Property
  void givenAnyName_whenWritten_thenTheHeaderIsOneLineOfAsciiAndGivesTheNameBack(
      @ForAll @StringLength(min = 1, max = 30) String name) {
    // As a file's name comes: decoded from UTF-8, without halves of characters.
    String whole = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    String header = ContentDisposition.attachment(whole);

    assertThat(header.chars()).allMatch(c -> c >= ' ' && c <= '~');
    int extended = header.indexOf("; filename*=UTF-8''");
    String back =
        extended < 0
            ? header.substring("attachment; filename=\"".length(), header.length() - 1)
            : URLDecoder.decode(
                header.substring(extended + 19).replace("+", "%2B"), StandardCharsets.UTF_8);
    assertThat(back).isEqualTo(whole);
  }
}
