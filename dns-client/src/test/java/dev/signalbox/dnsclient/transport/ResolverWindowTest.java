package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ResolverWindowTest {

  private static final int FLOOR = 128;
  private static final long MILLI = 1_000_000;

  private final ResolverWindow window = new ResolverWindow(FLOOR, 10_000);

  @Test
  void growsWhileAnswersStayFast() {
    answers(2_000, 50 * MILLI);

    assertThat(window.limit()).isGreaterThan(1_000);
  }

  @Test
  void shrinksToTheFloorWhenEvenTheFastestAnswersQueueUp() {
    answers(2_000, MILLI);
    answers(10_000, 20 * MILLI);

    assertThat(window.limit()).isEqualTo(FLOOR);
  }

  @Test
  void doesNotMindSlowAnswersAmongFastOnes() {
    for (int i = 0; i < 5_000; i++) {
      window.answered(i % 10 == 0 ? MILLI : 300 * MILLI);
    }

    assertThat(window.limit()).isGreaterThan(1_000);
  }

  @Test
  void shrinksWhenQueriesGetLost() {
    answers(2_000, MILLI);
    int before = window.limit();

    window.lost();
    answers(64, MILLI);

    assertThat(window.limit()).isLessThan(before);
  }

  @Property
  void staysWithinItsBounds(
      @ForAll @IntRange(min = 1, max = 5_000) int ceiling,
      @ForAll @Size(max = 300) List<@LongRange(min = 0, max = 1_000_000_000) Long> answers) {
    ResolverWindow any = new ResolverWindow(FLOOR, ceiling);
    for (long answer : answers) {
      if (answer % 7 == 0) {
        any.lost();
      }
      any.answered(answer);
      assertThat(any.limit()).isBetween(Math.min(ceiling, FLOOR), ceiling);
    }
  }

  private void answers(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      window.answered(nanos);
    }
  }
}
