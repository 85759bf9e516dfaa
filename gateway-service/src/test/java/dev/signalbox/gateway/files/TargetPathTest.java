package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.PathText;
import dev.signalbox.gateway.files.TargetPath.Fine;
import dev.signalbox.gateway.files.TargetPath.Malformed;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPathTest {

  @ParameterizedTest
  @CsvSource({
    "/,/",
    "/a/b.txt,/a/b.txt",
    "/a%20b,/a b",
    "/a+b,/a+b",
    "/%41%6a,/Aj",
    "/%C3%A4,/ä",
    "/%e2%82%ac,/€",
    "/%F0%9F%9A%82,/🚂",
    "/a%2Fb,/a/b",
    "/%2e%2e/x,/../x",
    "/100%25,/100%",
    "/a%252fb,/a%2fb"
  })
  void givenEscapes_whenDecoded_thenOnce(String raw, String path) {
    assertThat(TargetPath.decode(raw)).isEqualTo(new Fine(path));
  }

  @Test
  void givenRawBytesAboveAscii_whenDecoded_thenTheyAreUtf8() {
    assertThat(TargetPath.decode("/\u00c3\u00a4")).isEqualTo(new Fine("/ä"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/%u002e", "/a%00b", "/a\u0000", "/\u0100", "/% 41"})
  void givenWhatIsNoPath_whenDecoded_thenItIsMalformed(String raw) {
    assertThat(TargetPath.decode(raw)).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/%ff,/~ff",
    "/a%C3,/a~c3",
    "/%c3%28,/~c3(",
    "/%ed%a0%80,/~ed~a0~80",
    "/%c0%ae,/~c0~ae",
    "/%f5%80%80%80,/~f5~80~80~80",
    "/%E4%C3%A4,/~e4ä"
  })
  void givenBytesThatAreNotUtf8_whenDecoded_thenEachIsKept(String raw, String path) {
    assertThat(TargetPath.decode(raw)).isEqualTo(new Fine(path.replace('~', '\0')));
  }

  @Property
  void givenAnyBytes_whenEscapedAndDecoded_thenTheyAreTheSame(
      @ForAll @Size(max = 30) byte[] bytes) {
    byte[] names =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .replace("\0", "")
            .getBytes(StandardCharsets.ISO_8859_1);
    String path = "/" + PathText.of(names);

    assertThat(TargetPath.decode(TargetPath.encode(path))).isEqualTo(new Fine(path));
    assertThat(PathText.bytes(path.substring(1))).isEqualTo(names);
  }

  @Property
  void givenAnyPath_whenEscapedAndDecoded_thenItIsTheSame(
      @ForAll @StringLength(max = 30) @CharRange(from = '\u0001', to = '\ud7ff') String text) {
    String path = "/" + text;

    assertThat(TargetPath.decode(TargetPath.encode(path))).isEqualTo(new Fine(path));
  }

  @Property
  void givenAnyText_whenDecoded_thenWhatIsFineIsAPath(
      @ForAll
          @StringLength(max = 24)
          @Chars({'%', '.', '/', '2', '5', 'e', 'f', 'c', '0', 'a', '8', '\\', '\u00e0'})
          String text) {
    if (TargetPath.decode("/" + text) instanceof Fine(String path)) {
      assertThat(path).startsWith("/").matches(PathText::isPath);
    }
  }
}
