package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.Fields;
import dev.signalbox.gateway.limit.MemoryBudget;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Any bytes as a stream of tasks: each line is an order or a fault, and none is lost. */
class NdjsonFuzzTest {

  private static final int MAX_LINE = 200;
  private static final TaskLimits LIMITS =
      new TaskLimits(100, 10_000, 4, 4, new MemoryBudget(1 << 20), Duration.ofMinutes(1));

  @FuzzTest
  void anyBytesAreOrdersOrFaults(FuzzedDataProvider data) {
    LineSplitter splitter = new LineSplitter(MAX_LINE);
    int lines = 0;
    int ends = 0;
    boolean open = false;
    while (data.remainingBytes() > 0) {
      byte[] piece = data.consumeBytes(data.consumeInt(1, 64));
      for (byte b : piece) {
        ends += b == '\n' ? 1 : 0;
        open = b != '\n';
      }
      splitter.add(Buffer.buffer(piece));
      lines += drain(splitter);
    }
    splitter.end();
    lines += drain(splitter);

    assertThat(lines).isEqualTo(ends + (open ? 1 : 0));
  }

  private static int drain(LineSplitter splitter) {
    int lines = 0;
    for (Buffer line = splitter.next(); line != null; line = splitter.next()) {
      lines++;
      if (!LineSplitter.isTooLong(line)) {
        assertThat(line.length()).isLessThanOrEqualTo(MAX_LINE);
        read(line);
      }
    }
    return lines;
  }

  private static void read(Buffer line) {
    try {
      Fields fields = Fields.of(line);
      TaskOrder order = TaskRoutes.order(fields, LIMITS);
      fields.end();
      assertThat(order.name()).isNotEmpty();
    } catch (HttpException fault) {
      assertThat(fault.status()).isBetween(400, 499);
    } catch (ServiceException fault) {
      assertThat(fault.problems()).isNotEmpty();
    }
  }
}
