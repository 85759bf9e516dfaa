package dev.signalbox.httpprobe.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Any bytes are a body in some coding, or end in an error; no memory stays taken. */
class BodyFuzzTest {

  private static final String[] CODINGS = {
    "gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate", "identity", "zstd, br"
  };
  private static final int LIMIT = 100_000;

  static {
    NativeCodings.load();
  }

  @FuzzTest(maxDuration = "1m")
  void bytes_are_a_body_or_an_error(byte[] data) {
    if (data.length < 2) {
      return;
    }
    MemoryBudget budget = new MemoryBudget(1L << 24);
    BodyRules rules = new BodyRules(LIMIT, (data[0] & 8) != 0, true);
    BodyReader reader = new BodyReader(rules, true, budget, CODINGS[data[0] & 7]);
    int slice = 1 + (data[1] & 0xff);
    try {
      boolean more = true;
      for (int i = 2; more && i < data.length; i += slice) {
        byte[] piece = Arrays.copyOfRange(data, i, Math.min(data.length, i + slice));
        more = reader.read(Unpooled.wrappedBuffer(piece));
      }
      Body body = reader.finish();
      assertThat(body.length()).isBetween(0L, (long) LIMIT);
      BodyText.of(body, "text/plain; charset=" + CODINGS[data[0] & 7]);
    } catch (ProbeException refused) {
      assertThat(refused.error().code()).isIn("PROTOCOL", "BODY_TOO_LARGE", "OVERLOADED");
    } finally {
      reader.release();
      assertThat(budget.held()).isZero();
    }
  }
}
