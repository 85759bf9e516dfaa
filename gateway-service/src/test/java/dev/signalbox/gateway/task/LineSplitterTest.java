package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

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
    for (Buffer line = splitter.next(); line != null; line = splitter.next()) {
      lines.add(LineSplitter.isTooLong(line) ? "!" : line.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void linesComeOutWhole() {
    assertThat(lines(10, List.of("a\nb", "c\n", "\nlast"))).containsExactly("a", "bc", "", "last");
  }

  @Test
  void aLineThatIsTooLongComesOutAsThatAndTheNextIsWhole() {
    assertThat(lines(3, List.of("abc", "def", "gh\nok\nabcd\nend")))
        .containsExactly("!", "ok", "!", "end");
    assertThat(lines(3, List.of("abcdef"))).containsExactly("!");
  }

  @Test
  void aLineThatSaysSoIsNotTooLong() {
    assertThat(lines(10, List.of("too long\n"))).containsExactly("too long");
  }

  @Property
  void whereThePiecesAreCutDoesNotMatter(
      @ForAll @Size(max = 20) List<@IntRange(max = 8) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 7) int cut) {
    StringBuilder all = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int length : lengths) {
      String line = "x".repeat(length);
      all.append(line).append('\n');
      expected.add(length > 5 ? "!" : line);
    }
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < all.length(); i += cut) {
      pieces.add(all.substring(i, Math.min(all.length(), i + cut)));
    }

    assertThat(lines(5, pieces)).isEqualTo(expected);
  }
}
