package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {

  private static final ChainHash HASH = ChainHash.START.next(1, "a", "b", 0);

  private static String line(Message message) {
    StringBuilder line = new StringBuilder();
    LogLine.write(message, line);
    return line.toString();
  }

  @Test
  void aLineHoldsEverythingAboutAMessage() {
    String line = line(new Message(7, "someone", "hello there", 1_700_000_000_123L, HASH));

    assertThat(line)
        .isEqualTo("7\t2023-11-14T22:13:20.123Z\tsomeone\t" + HASH.hex() + "\thello there\n");
  }

  @Test
  void controlCharactersAreEscaped() {
    String line = line(new Message(1, "u", "a\nb\rc\td\\n\u0000\u001b[31m\u0085\u2028é", 0, HASH));

    assertThat(line).endsWith("\ta\\nb\\rc\\td\\\\n\\u0000\\u001b[31m\\u0085\\u2028é\n");
  }

  @Test
  void controlsOfTheDirectionOfTextAreEscaped() {
    String controls = "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    String line = line(new Message(1, "u" + controls, controls + "👩\u200D🚀", 0, HASH));

    assertThat(line.chars().noneMatch(c -> controls.indexOf(c) >= 0)).isTrue();
    assertThat(line).contains("\\u202e", "\\u2066", "👩\u200D🚀");
  }

  @Property
  void anyMessageIsOneLineWithoutControlCharactersThatIsRecognised(
      @ForAll @LongRange(min = 1) long id, @ForAll String uuid, @ForAll String text) {
    String line = line(new Message(id, "u" + uuid, text, 0, HASH));

    String content = line.substring(0, line.length() - 1);
    assertThat(line).endsWith("\n");
    assertThat(content.chars().filter(c -> c != '\t').noneMatch(Character::isISOControl)).isTrue();
    assertThat(content.lines().count()).isEqualTo(1);
    assertThat(LogLine.read(content)).isEqualTo(new LogLine.Of(id, HASH.hex()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u0000\u0000\u0000",
        "7",
        "7\t2023-11-14T22:13:20.123Z\tsomeone",
        "0\t2023-11-14T22:13:20.123Z\tu\t0000000000000000000000000000000000000000000000000000000000000000\tx",
        "9999999999999999999\t2023-11-14T22:13:20.123Z\tu\t0000000000000000000000000000000000000000000000000000000000000000\tx",
        "7\t2023-11-14T22:13:20.123Z\tu\tnot-a-hash\tx"
      })
  void anythingElseIsNoLine(String line) {
    assertThat(LogLine.read(line)).isNull();
  }
}
