package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineSplitterTest {

  private static List<String> lines(int limit, List<String> pieces) {
    LineSplitter splitter = new LineSplitter(limit);
    List<String> lines = new ArrayList<>();
    for (String piece : pieces) {
      splitter.add(Buffer.buffer(piece));
      drain(splitter, lines);
    }
    splitter.end();
    drain(splitter, lines);
    return lines;
  }

  private static void drain(LineSplitter splitter, List<String> lines) {
    for (LineSplitter.Line line = splitter.next(); line != null; line = splitter.next()) {
      Buffer bytes = line.bytes();
      lines.add(
          line.number() + ":" + (bytes == null ? "!" : bytes.toString(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void linesComeOutWhole() {
    assertThat(lines(10, List.of("a\nb", "c\n", "\nlast")))
        .containsExactly("1:a", "2:bc", "4:last");
  }

  @Test
  void aLineThatIsTooLongComesOutAsThatAndTheNextIsWhole() {
    assertThat(lines(3, List.of("abc", "def", "gh\nok\nabcd\nend")))
        .containsExactly("1:!", "2:ok", "3:!", "4:end");
    assertThat(lines(3, List.of("abcdef"))).containsExactly("1:!");
  }

  @Test
  void blankLinesAreSkippedAndCount() {
    assertThat(lines(10, List.of("\n \r\n\t\na\n\r\n", "\n  b\r\n   ")))
        .containsExactly("4:a", "7:  b\r");
    assertThat(lines(10, List.of("\n\n  "))).isEmpty();
  }

  @Test
  void aBlankLineLongerThanALineMayBeIsTooLong() {
    assertThat(lines(3, List.of("    \na"))).containsExactly("1:!", "2:a");
  }

  @Test
  void theLastLineNeedsNoEnd() {
    assertThat(lines(10, List.of("a\n\nb"))).containsExactly("1:a", "3:b");
  }

  @ParameterizedTest
  @CsvSource({"1000000, 1", "1, 1", "500000, 7"})
  void givenALongLineInSmallPieces_whenAdded_thenItsBytesAreCopiedFewTimes(int first, int size) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    LineSplitter splitter = new LineSplitter(2_000_000);
    List<Buffer> pieces = new ArrayList<>();
    pieces.add(Buffer.buffer("x".repeat(first)));
    for (int i = 0; i < 48_000; i++) {
      pieces.add(Buffer.buffer("y".repeat(size)));
    }
    long before = threads.getCurrentThreadAllocatedBytes();

    pieces.forEach(piece -> {
      splitter.add(piece);
      assertThat(splitter.next() == null).isTrue();
    });

    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    splitter.end();
    assertThat(splitter.next().bytes().length()).isEqualTo(first + 48_000 * size);
    assertThat(allocated).isLessThan(100_000_000L);
  }

  @Property
  void whereThePiecesAreCutDoesNotMatter(
      @ForAll @Size(max = 20) List<@IntRange(max = 8) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 7) int cut) {
    StringBuilder all = new StringBuilder();
    List<String> expected = new ArrayList<>();
    int number = 0;
    for (int length : lengths) {
      String line = "x".repeat(length);
      all.append(line).append('\n');
      number++;
      if (length > 0) {
        expected.add(number + ":" + (length > 5 ? "!" : line));
      }
    }
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < all.length(); i += cut) {
      pieces.add(all.substring(i, Math.min(all.length(), i + cut)));
    }

    assertThat(lines(5, pieces)).isEqualTo(expected);
  }
}
