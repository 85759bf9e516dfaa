package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

  private final Clock clock = new Clock();
  private final TimerWheel wheel = new TimerWheel(() -> clock.now, clock);
  private final List<String> fired = new ArrayList<>();

  @Test
  void firesOnceAndNeverEarly() {
    wheel.arm(new Named("a"), millis(100));

    clock.advance(millis(99));
    assertThat(fired).isEmpty();
    clock.advance(millis(12));
    assertThat(fired).containsExactly("a");
    clock.advance(millis(20_000));
    assertThat(fired).containsExactly("a");
  }

  @Test
  void doesNotFireWhatWasDisarmed() {
    Named timeout = new Named("a");
    wheel.arm(timeout, millis(50));

    wheel.disarm(timeout);
    clock.advance(millis(1000));

    assertThat(fired).isEmpty();
  }

  @Test
  void stopsTickingWhenNothingIsArmed() {
    wheel.arm(new Named("a"), millis(10));

    clock.advance(millis(100));

    assertThat(clock.pending).isEmpty();
  }

  @Test
  void firesAfterManyRounds() {
    wheel.arm(new Named("late"), millis(60_000));

    clock.advance(millis(59_999));
    assertThat(fired).isEmpty();
    clock.advance(millis(20));
    assertThat(fired).containsExactly("late");
  }

  @Test
  void catchesUpAfterTheThreadWasHeldUp() {
    wheel.arm(new Named("a"), millis(50));
    wheel.arm(new Named("b"), millis(30_000));

    clock.jump(millis(120_000));

    assertThat(fired).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void letsATimeoutArmItselfAgain() {
    wheel.arm(
        new TimerWheel.Timeout() {
          private int left = 3;

          @Override
          protected void expired() {
            fired.add("again");
            if (--left > 0) {
              wheel.arm(this, millis(10));
            }
          }
        },
        millis(10));

    clock.advance(millis(200));

    assertThat(fired).hasSize(3);
  }

  @Test
  void letsATimeoutDisarmAnotherOfTheSameTick() {
    Named second = new Named("second");
    wheel.arm(
        new TimerWheel.Timeout() {
          @Override
          protected void expired() {
            fired.add("first");
            wheel.disarm(second);
          }
        },
        millis(10));
    wheel.arm(second, millis(10));

    clock.advance(millis(100));

    assertThat(fired).containsExactly("first");
  }

  @Property
  void firesEachWithinTwoTicksOfItsTime(
      @ForAll @Size(max = 50) List<@IntRange(max = 20_000) Integer> delays) {
    Clock time = new Clock();
    TimerWheel fresh = new TimerWheel(() -> time.now, time);
    List<Long> lateness = new ArrayList<>();
    for (int delay : delays) {
      long due = time.now + millis(delay);
      fresh.arm(
          new TimerWheel.Timeout() {
            @Override
            protected void expired() {
              lateness.add(time.now - due);
            }
          },
          millis(delay));
      time.advance(millis(7));
    }
    time.advance(millis(30_000));

    assertThat(lateness).hasSameSizeAs(delays);
    assertThat(lateness).allMatch(late -> late >= 0 && late <= 3 * TimerWheel.TICK_NANOS);
  }

  private static long millis(long millis) {
    return millis * 1_000_000;
  }

  private final class Named extends TimerWheel.Timeout {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    protected void expired() {
      fired.add(name);
    }
  }

  /** Time that passes when it is told. */
  private static final class Clock implements TimerWheel.Delayer {
    private long now = 1_000_000_007;
    private final List<Runnable> pending = new ArrayList<>();
    private long dueAt;

    @Override
    public void after(long nanos, Runnable action) {
      assertThat(pending).isEmpty();
      pending.add(action);
      dueAt = now + nanos;
    }

    void advance(long nanos) {
      long end = now + nanos;
      while (!pending.isEmpty() && dueAt <= end) {
        now = dueAt;
        pending.removeFirst().run();
      }
      now = end;
    }

    void jump(long nanos) {
      now += nanos;
      pending.removeFirst().run();
    }
  }
}
