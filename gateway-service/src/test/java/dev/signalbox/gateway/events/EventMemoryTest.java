package dev.signalbox.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.events.EventMemory.Account;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventMemoryTest {

  private long nanos;
  private final EventMemory memory = new EventMemory(80, () -> nanos);
  private final List<String> cut = new ArrayList<>();

  /** A reader of this event loop, which is closed as soon as it is cut. */
  private Account reader(String name) {
    Account[] account = new Account[1];
    account[0] =
        memory.open(() -> {
          cut.add(name);
          account[0].close();
        });
    return account[0];
  }

  /** A reader of another event loop, which has not heard of it yet. */
  private Account distant(String name) {
    return memory.open(() -> cut.add(name));
  }

  @Test
  void givenRoom_whenBytesAreAcquired_thenNobodyIsCut() {
    assertThat(reader("a").tryAcquire(20)).isTrue();
    assertThat(reader("b").tryAcquire(20)).isTrue();

    assertThat(memory.held()).isEqualTo(40);
    assertThat(cut).isEmpty();
  }

  @Test
  void givenNoRoom_whenAReaderWantsMore_thenThoseWithMostUnreadAreCut() {
    reader("a").tryAcquire(5);
    reader("b").tryAcquire(20);
    reader("c").tryAcquire(15);

    assertThat(reader("d").tryAcquire(30)).isTrue();

    assertThat(cut).containsExactly("b", "c");
    assertThat(memory.held()).isEqualTo(35);
  }

  @Test
  void givenAReaderThatGoesOn_whenThereIsNoRoom_thenOneThatDoesNotIsCutThoughItHasLessUnread() {
    Account goingOn = reader("a");
    goingOn.tryAcquire(25);
    reader("b").tryAcquire(15);
    nanos += 1_000_000_000;
    goingOn.release(3);

    assertThat(reader("c").tryAcquire(10)).isTrue();

    assertThat(cut).containsExactly("b");
  }

  @Test
  void givenTheSlowestItself_whenItWantsMore_thenItIsRefused() {
    Account slowest = reader("a");
    slowest.tryAcquire(25);
    reader("b").tryAcquire(10);

    assertThat(slowest.tryAcquire(10)).isFalse();

    assertThat(cut).isEmpty();
  }

  @Test
  void givenReadersOfOtherEventLoops_whenTheyAreBeingCut_thenOthersGoOnUpToTheBound() {
    Account slow = distant("a");
    slow.tryAcquire(40);
    Account reader = reader("b");

    assertThat(reader.tryAcquire(15)).isTrue();
    assertThat(reader.tryAcquire(5)).isTrue();
    assertThat(reader.tryAcquire(1)).isFalse();
    assertThat(slow.tryAcquire(1)).isFalse();
    assertThat(cut).containsExactly("a");
    assertThat(memory.held()).isEqualTo(60);

    slow.close();

    assertThat(reader.tryAcquire(1)).isTrue();
    assertThat(memory.held()).isEqualTo(21);
  }

  @Test
  void givenAReaderThatIsGone_whenItsWritesComplete_thenTheirBytesAreReleasedOnce() {
    Account reader = reader("a");
    reader.tryAcquire(10);
    reader.release(4);

    reader.close();
    reader.release(6);

    assertThat(memory.held()).isZero();
    assertThat(reader.tryAcquire(1)).isFalse();
  }

  @Test
  void givenPages_whenTheirShareIsHeld_thenNoMoreAreReadAndReadersGoOn() {
    assertThat(memory.pages().tryAcquire(20)).isTrue();
    assertThat(memory.pages().tryAcquire(1)).isFalse();

    assertThat(reader("a").tryAcquire(40)).isTrue();
    assertThat(memory.held()).isEqualTo(60);
  }
}
