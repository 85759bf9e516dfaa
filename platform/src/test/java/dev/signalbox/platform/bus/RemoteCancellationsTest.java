package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteCancellationsTest {

  private final RemoteCancellations remote = new RemoteCancellations();

  @Test
  void givenTwoCallsOfOneClient_whenItLeaves_thenBothAreTold() {
    Cancellation first = remote.arrived("a");
    Cancellation second = remote.arrived("a");

    remote.cancelled("a");

    assertThat(first.requested()).isTrue();
    assertThat(second.requested()).isTrue();
  }

  @Test
  void givenAnotherClient_whenOneLeaves_thenItsCallsGoOn() {
    Cancellation other = remote.arrived("b");

    remote.cancelled("a");

    assertThat(other.requested()).isFalse();
  }

  @Test
  void givenAnEventThatOvertookItsCall_whenTheCallComes_thenItIsCancelledAtOnce() {
    remote.cancelled("a");

    assertThat(remote.arrived("a").requested()).isTrue();
  }

  @Test
  void givenAllCallsAnswered_whenCounted_thenNothingIsKept() {
    remote.left(remote.arrived("a"));
    Cancellation first = remote.arrived("b");
    remote.arrived("b");
    remote.left(first);

    assertThat(remote.size()).isEqualTo(1);
  }

  @Test
  void givenACallThatIsAlwaysWanted_whenItComes_thenNothingIsKept() {
    assertThat(remote.arrived("")).isSameAs(Cancellation.NEVER);
    assertThat(remote.size()).isZero();
  }
}
