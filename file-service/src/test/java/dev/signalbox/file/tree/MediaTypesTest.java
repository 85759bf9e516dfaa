package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {

  @ParameterizedTest
  @CsvSource({
    "x.png, png",
    "X.PNG, png",
    ".png, png",
    "archive.tar.gz, gz",
    "../../x.JPG, jpg",
    "C:\\photos\\x.jpeg, jpeg",
    "x.html.pdf, pdf",
    "x\u0000.png, png",
    "'a b\".zip', zip"
  })
  void givenAKnownEnding_whenKept_thenItIsInLowerCase(String fileName, String ending) {
    assertThat(MediaTypes.keptEnding(fileName)).isEqualTo(ending);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "png",
        "x.",
        "x.png.",
        "x.png ",
        "x.png\r\n",
        "x.png\u0000",
        "x.png/",
        "x.png/..",
        "x.png;x",
        "x.p\u0131ng",
        "x.\uff50\uff4e\uff47",
        "x.exe",
        "x.php",
        "x.unknown",
        "x.webmanifest",
        "x.html",
        "x.HTM",
        "x.xhtml",
        "x.svg",
        "x.xml",
        "x.js",
        "x.mjs",
        "x.css",
        "x.wasm",
        "x.atom",
        "x.rss",
        "x./png",
        "x.%70ng"
      })
  void givenAnEndingThatIsNotSafe_whenLookedFor_thenNoneIsKept(String fileName) {
    assertThat(MediaTypes.keptEnding(fileName)).isNull();
  }
}
