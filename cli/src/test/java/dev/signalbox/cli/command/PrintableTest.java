package dev.signalbox.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void givenATextForPeople_whenShown_thenItIsTheSame() {
    String text = "gr\u00fc\u00dfe \u05e9\u05dc\u05d5\u05dd \ud83d\ude00 \\x1b";

    assertThat(Printable.of(text)).isEqualTo(text);
  }

  @Test
  void givenControlCharacters_whenShown_thenNoneReachesTheTerminal() {
    assertThat(Printable.of("a\u001b[2J\r\n\u007f\u009b31m"))
        .isEqualTo("a\\x1b[2J\\x0d\\x0a\\x7f\\x9b31m");
  }

  @Test
  void givenJson_whenShown_thenItMeansTheSame() {
    assertThat(Printable.json("{\n  \"a\": \"\u009b31m\u202e\u00fc\"\n}"))
        .isEqualTo("{\n  \"a\": \"\\u009b31m\\u202e\u00fc\"\n}");
  }

  @Test
  void givenADirectionOfWriting_whenShown_thenTheTextCannotPassForAnother() {
    assertThat(Printable.of("gpj\u202eexe\u2069\u061c\u200f"))
        .isEqualTo("gpj\\x{202e}exe\\x{2069}\\x{061c}\\x{200f}");
  }
}
