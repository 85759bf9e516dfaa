package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScatteredOrderTest {

  @Property(tries = 40)
  void givenAnySeed_whenTaken_thenEachPositionComesOnce(@ForAll long seed) {
    ScatteredOrder order = ScatteredOrder.random(new Random(seed));
    BitSet seen = new BitSet();

    int taken = 0;
    while (order.hasNext()) {
      seen.set(order.next());
      taken++;
    }

    assertThat(taken).isEqualTo(ScatteredOrder.SIZE);
    assertThat(seen.cardinality()).isEqualTo(ScatteredOrder.SIZE);
    assertThat(seen.length()).isEqualTo(ScatteredOrder.SIZE);
  }

  @Property(tries = 100)
  void givenAnOrderThatStopped_whenContinued_thenItGoesOnWhereItWas(
      @ForAll long seed, @ForAll @IntRange(max = 65_535) int taken) {
    ScatteredOrder order = ScatteredOrder.random(new Random(seed));
    ScatteredOrder continued = new ScatteredOrder(order.generator(), order.start(), taken);
    for (int i = 0; i < taken; i++) {
      int ignored = order.next();
    }

    assertThat(continued.next()).isEqualTo(order.next());
    assertThat(continued.taken()).isEqualTo(order.taken());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0",
    "4, 1, 0",
    "65536, 1, 0",
    "0, 1, 0",
    "3, 0, 0",
    "3, 65537, 0",
    "3, 1, -1",
    "3, 1, 65537",
    "-3, 1, 0"
  })
  void givenNumbersOfNoOrder_whenContinued_thenTheyAreRefused(int generator, int start, int taken) {
    assertThatThrownBy(() -> new ScatteredOrder(generator, start, taken))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
