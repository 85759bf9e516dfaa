package dev.signalbox.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  private static List<String> lines(String text, int max) throws IOException {
    LineReader reader =
        new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), max);
    List<String> lines = new ArrayList<>();
    for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
      lines.add(
          line.tooLong() ? "TOO LONG" : new String(line.bytes().bytes(), StandardCharsets.UTF_8));
    }
    return lines;
  }

  @Test
  void theLastLineNeedsNoEnd() throws IOException {
    assertThat(lines("one\ntwo", 10)).containsExactly("one", "two");
  }

  @Test
  void blankLinesAreNone() throws IOException {
    assertThat(lines("\n \r\none\n\t\n", 10)).containsExactly("one");
  }

  @Test
  void blankLinesCountInTheNumbersOfLines() throws IOException {
    LineReader reader =
        new LineReader(
            new ByteArrayInputStream(
                "\none\n\n \r\n12345\n\nlast".getBytes(StandardCharsets.UTF_8)),
            4);

    assertThat(List.of(next(reader), next(reader), next(reader))).containsExactly(2L, 5L, 7L);
    assertThat(reader.next()).isNull();
  }

  private static long next(LineReader reader) throws IOException {
    return Objects.requireNonNull(reader.next()).number();
  }

  @Test
  void aLineTooLongIsSkippedToItsEnd() throws IOException {
    assertThat(lines("1234\n12345\n1\n123456", 4))
        .containsExactly("1234", "TOO LONG", "1", "TOO LONG");
  }

  @Test
  void aLineMayBeLongerThanAPiece() throws IOException {
    String longLine = "x".repeat(200_000);

    assertThat(lines(longLine + "\ny\n", 1 << 20)).containsExactly(longLine, "y");
  }

  @Property(tries = 200)
  void noByteIsLost(
      @ForAll List<@StringLength(min = 1, max = 50) @CharRange(from = 'a', to = 'z') String> lines)
      throws IOException {
    assertThat(lines(String.join("\n", lines), 50)).isEqualTo(lines);
  }
}
