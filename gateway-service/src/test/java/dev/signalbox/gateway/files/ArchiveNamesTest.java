package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void givenNamesThatBecomeAlike_whenEncoded_thenTheUnderscoreIsInTheirLastSegment() {
    assertThat(List.of("sub/\0ff", "sub/%FF", "sub/_%FF"))
        .map(names::file)
        .containsExactly("sub/%FF", "sub/_%FF", "sub/__%FF");
  }

  @Test
  void givenAFileAndFoldersThatBecomeAlike_whenEncoded_thenNoFileIsAFolder() {
    Map<String, String> entries =
        Map.of("\0ff", "%FF", "%FF/x", "_%FF/x", "%FF/y", "_%FF/y", "_%FF", "__%FF");
    assertThat(List.of("\0ff", "%FF/x", "%FF/y", "_%FF"))
        .allSatisfy(path -> assertThat(names.file(path)).isEqualTo(entries.get(path)));
  }
}
