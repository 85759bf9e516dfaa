package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of entries that every system unpacks. */
class ArchiveNamesTest {

  private final ArchiveNames names = new ArchiveNames();

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a/b.txt,a/b.txt",
        "по/é ü.txt,по/é ü.txt",
        "100%,100%",
        ".hidden,.hidden",
        "a:b,a%3Ab",
        "C:\\x,C%3A%5Cx",
        "..\\x,..%5Cx",
        "a<b>|?*\",a%3Cb%3E%7C%3F%2A%22",
        "..,%2E%2E",
        "../x,%2E%2E/x",
        "a/./x,a/%2E/x",
        "end.,end%2E",
        "end .  ,end%20%2E%20%20",
        "CON,%43ON",
        "con.txt,%63on.txt",
        "d/Lpt1.tar.gz,d/%4Cpt1.tar.gz",
        "nul /x,%6Eul%20/x",
        "CONSOLE,CONSOLE",
        "COM,COM",
        "icon,icon"
      })
  void givenAName_whenEncoded_thenNoSystemHasAnotherMeaningForIt(String path, String entry) {
    assertThat(names.file(path)).isEqualTo(entry);
  }

  @Test
  void givenControlCharactersAndBytesThatAreNotUtf8_whenEncoded_thenTheyArePercentEncoded() {
    assertThat(names.file("a\nb\r\u001b\u007f\u009b")).isEqualTo("a%0Ab%0D%1B%7F%C2%9B");
    assertThat(names.file("sub/\0ff\0e9x")).isEqualTo("sub/%FF%E9x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CON.\n", "aux.a\nb", "nul .\u2028x"})
  void givenADeviceWithALineBreak_whenEncoded_thenItIsNoDevice(String path) {
    assertThat(names.file(path)).startsWith("%");
  }

  @Test
  void givenNamesThatBecomeAlike_whenEncoded_thenTheLaterHasANumberInItsLastSegment() {
    assertThat(List.of("sub/\0ff", "sub/%FF", "sub/%FF (2)"))
        .map(names::file)
        .containsExactly("sub/%FF", "sub/%FF (2)", "sub/%FF (2) (2)");
  }

  @Test
  void givenAFileAndFoldersThatBecomeAlike_whenEncoded_thenNoFileIsAFolder() {
    Map<String, String> entries =
        Map.of(
            "\0ff", "%FF", "%FF/x", "%FF (2)/x", "%FF/y", "%FF (2)/y", "a", "a", "A/x", "A (2)/x");
    assertThat(List.of("\0ff", "%FF/x", "%FF/y", "a", "A/x"))
        .allSatisfy(path -> assertThat(names.file(path)).isEqualTo(entries.get(path)));
  }

  /** Windows and macOS take each pair for one name. */
  @ParameterizedTest
  @CsvSource({
    "a.txt,A.txt,A (2).txt",
    "d/a.txt,d/a.TXT,d/a (2).TXT",
    "a/x,A/x,A (2)/x",
    ".profile,.Profile,.Profile (2)",
    "\u00e9.txt,e\u0301.txt,e\u0301 (2).txt",
    "\u00c9.txt,e\u0301.txt,e\u0301 (2).txt",
    "\u1e9b\u0323,\u1e69,\u1e69 (2)",
    "stra\u00dfe,STRASSE,STRASSE (2)",
    "\u03c3,\u03c2,\u03c2 (2)",
    "\u212a,k,k (2)",
    "\ud801\udc00,\ud801\udc28,\ud801\udc28 (2)"
  })
  void givenNamesThatDifferInCaseOrNormalisationOnly_whenEncoded_thenTheLaterHasANumber(
      String first, String second, String entry) {
    assertThat(names.file(first)).isEqualTo(first);
    assertThat(names.file(second)).isEqualTo(entry);
  }

  @Test
  void givenTheSameNamesInTwoFolders_whenEncoded_thenTheyStay() {
    assertThat(List.of("a/x", "b/x", "b/y", "x"))
        .allSatisfy(path -> assertThat(names.file(path)).isEqualTo(path));
  }

  static Stream<Arguments> longNames() {
    String controls = "\u0001".repeat(100);
    String folds = "\u00e9".repeat(125);
    return Stream.of(
        Arguments.of(controls + ".txt", ".txt"),
        Arguments.of("\u20ac".repeat(60) + controls.substring(0, 60) + ".tar.gz", ".gz"),
        Arguments.of("a".repeat(200) + "." + "\u0001".repeat(50), ""),
        Arguments.of(folds + ".html", ".html"),
        Arguments.of("\ud83d\ude00".repeat(40) + "\n".repeat(80), ""),
        Arguments.of(".".repeat(250) + "a\n\n", ""),
        Arguments.of("a" + " ".repeat(250) + "\n\n", ""),
        Arguments.of("\n".repeat(255), ""));
  }

  /** As many as have to be numbered, so that the number makes the name longer still. */
  @ParameterizedTest
  @MethodSource("longNames")
  void givenLongNames_whenEncoded_thenTheyFitAndAreDifferentAndKeepTheirExtension(
      String name, String extension) {
    Set<String> entries = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String entry = names.file(name);

      assertThat(entries.add(entry)).isTrue();
      assertThat(entry).endsWith(extension).doesNotEndWith(".").doesNotEndWith(" ");
      assertThat(entry.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(255);
      assertThat(new String(entry.getBytes(UTF_8), UTF_8)).isEqualTo(entry);
    }
  }

  @Test
  void givenManyNamesThatDifferInCaseOnly_whenEncoded_thenAllAreDifferentWithinTheLimit() {
    Set<String> folded = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      StringBuilder name = new StringBuilder("a".repeat(255));
      for (int bit = 0; bit < 14; bit++) {
        if ((i >> bit & 1) == 1) {
          name.setCharAt(bit, 'A');
        }
      }

      String entry = names.file(name.toString());

      assertThat(entry).hasSizeLessThanOrEqualTo(255);
      assertThat(folded.add(entry.toLowerCase(Locale.ROOT))).isTrue();
    }
  }
}
