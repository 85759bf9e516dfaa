package dev.signalbox.platform.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Limits that are their key's name, on a clock of the test's own. */
class LimitTableTest {

  private static final long SECOND = 1_000_000_000L;

  private final Set<String> busy = new HashSet<>();

  private LimitTable<Integer, String> table(int most) {
    return new LimitTable<>(most, (key, _) -> "limit " + key, (limit, _) -> !busy.contains(limit));
  }

  @Test
  void givenAKey_whenAskedForTwice_thenItHasOneLimit() {
    LimitTable<Integer, String> table = table(10);

    assertThat(table.of(1, 0)).isEqualTo("limit 1").isSameAs(table.of(1, 0));
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void givenAsManyKeysInUseAsThereMayBe_whenOneMoreComes_thenItHasNone() {
    LimitTable<Integer, String> table = table(2);
    busy.addAll(Set.of("limit 1", "limit 2"));
    table.of(1, 0);
    table.of(2, 0);

    assertThat(table.of(3, 0)).isNull();
    assertThat(table.of(1, 0)).isEqualTo("limit 1");
  }

  @Test
  void givenAsManyKeysAsThereMayBe_whenSomeAreIdle_thenThoseMakeRoom() {
    LimitTable<Integer, String> table = table(2);
    busy.add("limit 1");
    table.of(1, 0);
    table.of(2, 0);

    assertThat(table.of(3, 0)).isEqualTo("limit 3");
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void givenATableThatWasFull_whenASecondHasPassed_thenIdleKeysMakeRoomAgain() {
    LimitTable<Integer, String> table = table(1);
    busy.add("limit 1");
    table.of(1, 0);
    table.of(2, 0);
    busy.clear();

    assertThat(table.of(2, SECOND - 1)).isNull();
    assertThat(table.of(2, SECOND)).isEqualTo("limit 2");
  }

  @Test
  void givenManyIdleKeys_whenMoreCome_thenTheyAreForgottenBeforeTheBoundIsReached() {
    LimitTable<Integer, String> table = table(1 << 20);
    for (int i = 0; i < 10_000; i++) {
      table.of(i, i * SECOND);
    }

    assertThat(table.size()).isLessThan(2_000);
  }

  @Test
  void givenAKey_whenReleased_thenItIsForgottenIfItIsIdle() {
    LimitTable<Integer, String> table = table(10);
    busy.add("limit 1");
    table.of(1, 0);
    table.of(2, 0);

    table.release(1, 0);
    table.release(2, 0);
    table.release(3, 0);

    assertThat(table.size()).isEqualTo(1);
  }
}
