package dev.signalbox.httpprobe.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetLimitsTest {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final EventLoop loop = clock.eventLoop();

  TargetLimitsTest() {
    clock.freezeTime();
  }

  @Test
  void without_limits_nobody_waits_and_nothing_is_remembered() {
    TargetLimits limits = new TargetLimits(0, 0);

    assertThat(limits.turn("a", 80, loop, MINUTE).ready().succeeded()).isTrue();
    assertThat(limits.targets()).isZero();
  }

  @Test
  void one_more_than_the_connections_allowed_waits_for_a_place() {
    TargetLimits limits = new TargetLimits(0, 2);
    Turn first = limits.turn("a", 80, loop, MINUTE);
    Turn second = limits.turn("a", 80, loop, MINUTE);
    Turn third = limits.turn("a", 80, loop, MINUTE);

    assertThat(second.ready().succeeded()).isTrue();
    assertThat(third.ready().isComplete()).isFalse();
    first.end();
    assertThat(third.ready().succeeded()).isTrue();
  }

  @Test
  void other_hosts_and_ports_are_other_targets() {
    TargetLimits limits = new TargetLimits(0, 1);
    limits.turn("a", 80, loop, MINUTE);

    assertThat(limits.turn("a", 81, loop, MINUTE).ready().succeeded()).isTrue();
    assertThat(limits.turn("b", 80, loop, MINUTE).ready().succeeded()).isTrue();
  }

  @Test
  void whoever_leaves_the_queue_is_not_given_a_place() {
    TargetLimits limits = new TargetLimits(0, 1);
    Turn first = limits.turn("a", 80, loop, MINUTE);
    Turn second = limits.turn("a", 80, loop, MINUTE);
    Turn third = limits.turn("a", 80, loop, MINUTE);

    second.end();
    first.end();

    assertThat(second.ready().isComplete()).isFalse();
    assertThat(third.ready().succeeded()).isTrue();
    third.end();
    assertThat(limits.targets()).isZero();
  }

  @Test
  void ending_twice_gives_one_place_back() {
    TargetLimits limits = new TargetLimits(0, 1);
    Turn first = limits.turn("a", 80, loop, MINUTE);
    first.end();
    first.end();
    limits.turn("a", 80, loop, MINUTE);

    assertThat(limits.turn("a", 80, loop, MINUTE).ready().isComplete()).isFalse();
  }

  /** Limits for which no time passes. */
  private static TargetLimits stopped(int perSecond, int processes) {
    return new TargetLimits(perSecond, 0, () -> processes, 100, () -> 0);
  }

  @Test
  void the_rate_spreads_what_is_beyond_the_bucket() {
    TargetLimits limits = stopped(20, 1);
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      turns.add(limits.turn("a", 80, loop, MINUTE));
    }

    // A tenth of a second's worth at once, the others 50 ms apart.
    assertThat(turns).extracting(turn -> turn.ready().succeeded()).startsWith(true, true, false);
    clock.advanceTimeBy(51, TimeUnit.MILLISECONDS);
    clock.runScheduledPendingTasks();
    assertThat(turns.get(2).ready().succeeded()).isTrue();
    assertThat(turns.get(3).ready().succeeded()).isFalse();
    clock.advanceTimeBy(50, TimeUnit.MILLISECONDS);
    clock.runScheduledPendingTasks();
    assertThat(turns.get(3).ready().succeeded()).isTrue();
  }

  @Test
  void a_turn_that_would_come_too_late_is_refused_at_once_and_uses_nothing_up() {
    TargetLimits limits = stopped(1, 1);
    limits.turn("a", 80, loop, MINUTE);

    for (int i = 0; i < 5; i++) {
      Turn late = limits.turn("a", 80, loop, TimeUnit.MILLISECONDS.toNanos(10));
      assertThat(late.ready().failed()).isTrue();
    }
    assertThat(limits.turn("a", 80, loop, TimeUnit.MILLISECONDS.toNanos(1_100)).ready().failed())
        .isFalse();
  }

  @Test
  void givenSeveralProcesses_whenOneProbes_thenItHasItsShareOfTheConnections() {
    TargetLimits limits = new TargetLimits(0, 5, () -> 2);

    assertThat(opened(limits, 4)).containsExactly(true, true, false, false);
  }

  @Test
  void givenMoreProcessesThanConnections_whenOneProbes_thenItHasOne() {
    TargetLimits limits = new TargetLimits(0, 2, () -> 10);

    assertThat(opened(limits, 2)).containsExactly(true, false);
  }

  @Test
  void givenSeveralProcesses_whenOneProbes_thenItHasItsShareOfTheRate() {
    TargetLimits limits = stopped(40, 2);

    assertThat(opened(limits, 3)).containsExactly(true, true, false);
  }

  @Test
  void givenTurnsThatWait_whenAProcessGoes_thenTheNextToEndGivesItsPlacesToThem() {
    int[] processes = {4};
    TargetLimits limits = new TargetLimits(0, 4, () -> processes[0]);
    Turn first = limits.turn("a", 80, loop, MINUTE);
    List<Turn> waiting =
        List.of(limits.turn("a", 80, loop, MINUTE), limits.turn("a", 80, loop, MINUTE));

    processes[0] = 2;
    first.end();

    assertThat(waiting).allMatch(turn -> turn.ready().succeeded());
  }

  @Test
  void givenAProcessThatComes_whenTurnsEnd_thenNoneFollowsUntilTheShareHasRoom() {
    int[] processes = {1};
    TargetLimits limits = new TargetLimits(0, 2, () -> processes[0]);
    Turn first = limits.turn("a", 80, loop, MINUTE);
    Turn second = limits.turn("a", 80, loop, MINUTE);
    Turn third = limits.turn("a", 80, loop, MINUTE);

    processes[0] = 2;
    first.end();
    assertThat(third.ready().isComplete()).isFalse();
    second.end();

    assertThat(third.ready().succeeded()).isTrue();
  }

  private List<Boolean> opened(TargetLimits limits, int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> limits.turn("a", 80, loop, MINUTE).ready().succeeded())
        .toList();
  }

  @Test
  void targets_remembered_are_bounded() {
    TargetLimits limits = new TargetLimits(0, 1, () -> 1, 100, System::nanoTime);
    for (int i = 0; i < 100; i++) {
      limits.turn("host" + i, 80, loop, MINUTE);
    }

    assertThat(limits.turn("one-more", 80, loop, MINUTE).ready().failed()).isTrue();
    assertThat(limits.targets()).isEqualTo(100);
  }
}
