package dev.signalbox.httpprobe.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.limit.MemoryBudget;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Whose the memory of a body is. */
class BodyReaderTest {

  private static final int ROOM = 1_000;

  private final MemoryBudget budget = new MemoryBudget(ROOM);

  private BodyReader read(boolean keep, int bytes) {
    BodyReader reader = new BodyReader(new BodyRules(10 * ROOM, false, keep), keep, budget, "");
    reader.read(Unpooled.wrappedBuffer(new byte[bytes]));
    return reader;
  }

  @Test
  void givenABodyThatIsNotKept_whenItIsLongerThanTheMemoryLeft_thenItHoldsNothing() {
    BodyReader other = read(true, 600);

    BodyReader reader = read(false, 5_000);

    assertThat(reader.finish().length()).isEqualTo(5_000);
    assertThat(reader.handOver()).isZero();
    assertThat(budget.held()).isEqualTo(600);
    reader.release();
    other.release();
    assertThat(budget.held()).isZero();
  }

  @Test
  void givenABodyThatWasHandedOver_whenItsReaderIsReleased_thenTheBodyStaysCounted() {
    BodyReader reader = read(true, 600);
    reader.finish();

    long held = reader.handOver();
    reader.release();

    assertThat(held).isEqualTo(600);
    assertThat(budget.held()).isEqualTo(600);
  }

  @Test
  void givenABodyThatWasNotHandedOver_whenItsReaderIsReleased_thenNothingStaysCounted() {
    BodyReader reader = read(true, 600);

    reader.release();

    assertThat(budget.held()).isZero();
  }
}
