package dev.signalbox.platform.uri;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UriPathTest {

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b/c/./../../g, /a/g",
    "/a/./b/../c, /a/c",
    "/a/b/., /a/b/",
    "/a/b/.., /a/",
    "/.., /",
    "/., /",
    "/../../g, /g",
    "/a/../.., /",
    "//a/.., //",
    "/a//../b, /a/b",
    "/..a/.b/c./..., /..a/.b/c./...",
    "/%2e%2e/a, /%2e%2e/a"
  })
  void givenAPath_whenDotSegmentsAreRemoved_thenItIsAsInTheRfc(String path, String without) {
    assertThat(UriPath.removeDotSegments(path)).isEqualTo(without);
  }

  @Property
  void givenAnyPath_whenDotSegmentsAreRemoved_thenTheStepsOfTheRfcGiveTheSame(
      @ForAll @StringLength(max = 16) @Chars({'.', '/', 'a'}) String text) {
    String path = "/" + text;

    assertThat(UriPath.removeDotSegments(path)).isEqualTo(stepByStep(path));
  }

  /** The steps of RFC 3986 section 5.2.4 as they stand there, for a path that is absolute. */
  private static String stepByStep(String path) {
    String input = path;
    String output = "";
    while (!input.isEmpty()) {
      if (input.startsWith("/./")) {
        input = input.substring(2);
      } else if (input.equals("/.")) {
        input = "/";
      } else if (input.startsWith("/../")) {
        input = input.substring(3);
        output = output.substring(0, Math.max(output.lastIndexOf('/'), 0));
      } else if (input.equals("/..")) {
        input = "/";
        output = output.substring(0, Math.max(output.lastIndexOf('/'), 0));
      } else {
        int next = input.indexOf('/', 1);
        output += next < 0 ? input : input.substring(0, next);
        input = next < 0 ? "" : input.substring(next);
      }
    }
    return output;
  }

  @ParameterizedTest
  @CsvSource({
    "aZ09, aZ09",
    "a b, a%20b",
    "/a~, /a%7E",
    "%, %25",
    "\u00e4, %C3%A4",
    "\ud83d\ude82, %F0%9F%9A%82"
  })
  void givenAText_whenEncoded_thenLettersDigitsAndTheOthersStayAsTheyAre(
      String text, String encoded) {
    assertThat(UriPath.encode(text, "/")).isEqualTo(encoded);
  }

  @ParameterizedTest
  @CsvSource({"%41, 65", "%fF, 255", "%00, 0", "%, -1", "%4, -1", "%4g, -1", "%+4, -1", "% 4, -1"})
  void givenAnEscape_whenDecoded_thenItIsItsByteOrNone(String text, int value) {
    assertThat(UriPath.decode(text, 0)).isEqualTo(value);
  }

  @Property
  void givenAnyByte_whenEncodedAndDecoded_thenItIsTheSame(@ForAll byte b) {
    StringBuilder escape = new StringBuilder();
    UriPath.encode(b, escape);

    assertThat(UriPath.decode(escape, 0)).isEqualTo(b & 0xff);
  }
}
