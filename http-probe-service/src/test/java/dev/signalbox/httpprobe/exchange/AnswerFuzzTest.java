package dev.signalbox.httpprobe.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.contracts.Binary;
import dev.signalbox.httpprobe.body.BodyReader;
import dev.signalbox.httpprobe.body.BodyRules;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.httpprobe.phase.PhaseClock;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.url.WebUrl;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import dev.signalbox.platform.limit.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;

/** Any bytes are an answer or an error, and a redirect leads somewhere or to an error. */
class AnswerFuzzTest {

  private static final WebUrl URL = ((Parsed.Good) WebUrl.parse("http://a.example/b")).url();

  static {
    NativeCodings.load();
  }

  @FuzzTest(maxDuration = "1m")
  void bytes_are_an_answer_or_an_error_over_http_1(byte[] data) {
    answer(data, false);
  }

  @FuzzTest(maxDuration = "1m")
  void bytes_are_an_answer_or_an_error_over_http_2(byte[] data) {
    answer(data, true);
  }

  private static void answer(byte[] data, boolean two) {
    MemoryBudget budget = new MemoryBudget(1L << 22);
    PhaseClock clock = new PhaseClock();
    Exchange exchange =
        new Exchange(
            two ? "HTTP/2" : "",
            clock,
            answer -> true,
            coding -> new BodyReader(new BodyRules(50_000, false, true), true, budget, coding));
    HopRequest request = new HopRequest(URL, "GET", List.of(), Binary.empty());
    EmbeddedChannel channel = new EmbeddedChannel();
    if (two) {
      HttpWire.send2(channel, request, clock, exchange);
    } else {
      HttpWire.send1(channel, request, false, clock, exchange);
    }
    int slice = data.length == 0 ? 1 : 1 + (data[0] & 0xff);
    for (int i = 1; channel.isOpen() && i < data.length; i += slice) {
      byte[] piece = Arrays.copyOfRange(data, i, Math.min(data.length, i + slice));
      channel.writeInbound(Unpooled.wrappedBuffer(piece));
    }
    channel.finishAndReleaseAll();
    channel.runPendingTasks();

    assertThat(exchange.answer().isComplete()).isTrue();
    if (exchange.answer().succeeded()) {
      try {
        Redirect.next(request, exchange.answer().result());
      } catch (ProbeException nowhere) {
        assertThat(nowhere.error().code()).isEqualTo("PROTOCOL");
      }
    } else {
      assertThat(exchange.answer().cause()).isInstanceOf(ProbeException.class);
    }
    exchange.release();
    assertThat(budget.held()).isZero();
  }
}
