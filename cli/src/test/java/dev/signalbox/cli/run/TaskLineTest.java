package dev.signalbox.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskLineTest {

  private static TaskLine parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static TaskLine parse(byte[] bytes) {
    return TaskLine.parse(new LineReader.Line(7, new Binary(bytes), false));
  }

  @Test
  void aTaskHasNameParamsIdAndTimeout() {
    assertThat(parse("{\"task_name\":\"t\",\"params\":{\"n\":1},\"id\":\"7\",\"timeout_ms\":50}"))
        .isEqualTo(new TaskLine.Good("7", "t", Map.of("n", 1), 50));
  }

  @Test
  void theNameAloneIsEnough() {
    assertThat(parse("{\"task_name\":\"t\"}")).isEqualTo(new TaskLine.Good(null, "t", Map.of(), 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                                  | JSON
          []                                        | object
          {"task_name":"t"} {"task_name":"u"}       | JSON
          {"task_name":"t","task_name":"u"}         | JSON
          {"params":{}}                             | task_name
          {"task_name":7}                           | task_name
          {"task_name":"t","extra":1}               | extra
          {"task_name":"t","id":7}                  | id
          {"task_name":"t","params":[]}             | params
          {"task_name":"t","timeout_ms":0}          | timeout_ms
          {"task_name":"t","timeout_ms":1.5}        | timeout_ms
          """)
  void aBadLineSaysWhatIsWrong(String line, String word) {
    assertThat(parse(line))
        .isInstanceOfSatisfying(
            TaskLine.Bad.class,
            bad -> assertThat(bad.problem()).startsWith("Line 7: ").contains(word));
  }

  @Test
  void aLineWithEverythingWrongSaysSoInShort() {
    StringBuilder line = new StringBuilder("{\"task_name\":\"t\"");
    for (int i = 0; i < 10_000; i++) {
      line.append(",\"").append("n".repeat(200)).append(i).append("\":1");
    }

    assertThat(parse(line + "}"))
        .isInstanceOfSatisfying(
            TaskLine.Bad.class,
            bad -> assertThat(bad.problem()).contains("9999 more").hasSizeLessThan(300));
  }

  @Test
  void aLineThatIsTooLongSaysSo() {
    assertThat(TaskLine.parse(new LineReader.Line(3, Binary.empty(), true)))
        .isEqualTo(new TaskLine.Bad("Line 3: longer than 1048576 bytes"));
  }

  @Test
  void overlongUtf8IsRefused() {
    byte[] bytes = "{\"task_name\":\"??\"}".getBytes(StandardCharsets.UTF_8);
    bytes[14] = (byte) 0xC1;
    bytes[15] = (byte) 0xA1;

    assertThat(parse(bytes))
        .isInstanceOfSatisfying(
            TaskLine.Bad.class, bad -> assertThat(bad.problem()).contains("UTF-8"));
  }

  @Property(tries = 500)
  void anyBytesAreATaskOrABadLine(@ForAll byte[] bytes) {
    assertThat(parse(bytes)).isNotNull();
  }
}
