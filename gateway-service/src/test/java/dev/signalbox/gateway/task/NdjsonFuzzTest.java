package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.task.TaskRunner.TaskOrder;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Any bytes as a stream of tasks: each line is an order or a fault, and none is lost. */
class NdjsonFuzzTest {

  private static final int MAX_LINE = 200;
  private static final TaskRoutes.Limits LIMITS =
      new TaskRoutes.Limits(100, 10_000, 4, 4, new MemoryBudget(1 << 20), Duration.ofMinutes(1));

  @FuzzTest
  void anyBytesAreOrdersOrFaults(FuzzedDataProvider data) {
    LineSplitter splitter = new LineSplitter(MAX_LINE);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<LineSplitter.Line> lines = new ArrayList<>();
    while (data.remainingBytes() > 0) {
      byte[] piece = data.consumeBytes(data.consumeInt(1, 64));
      all.writeBytes(piece);
      splitter.add(Buffer.buffer(piece));
      drain(splitter, lines);
    }
    splitter.end();
    drain(splitter, lines);

    assertThat(lines).extracting(LineSplitter.Line::number).isEqualTo(numbers(all));
    lines.forEach(NdjsonFuzzTest::read);
  }

  private static void drain(LineSplitter splitter, List<LineSplitter.Line> lines) {
    for (LineSplitter.Line line = splitter.next(); line != null; line = splitter.next()) {
      lines.add(line);
    }
  }

  /** Numbers of the lines that are not blank. */
  private static List<Long> numbers(ByteArrayOutputStream all) {
    String[] lines = all.toString(StandardCharsets.ISO_8859_1).split("\n", -1);
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].length() > MAX_LINE || !lines[i].matches("[ \t\r]*")) {
        numbers.add(i + 1L);
      }
    }
    return numbers;
  }

  private static void read(LineSplitter.Line line) {
    try {
      TaskOrder order = TaskRoutes.order(line, LIMITS);
      assertThat(order.name()).isNotEmpty();
    } catch (JsonInputException fault) {
      assertThat(fault.getMessage()).isNotEmpty();
    } catch (ServiceException fault) {
      assertThat(fault.problems().isEmpty()).isEqualTo(line.bytes() == null);
    }
  }
}
