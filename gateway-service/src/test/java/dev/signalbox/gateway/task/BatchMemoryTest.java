package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchMemoryTest {

  private final BatchMemory memory = new BatchMemory(100);

  @Test
  void whatIsThereIsGiven() {
    assertThat(memory.take(60)).isTrue();
    assertThat(memory.take(40)).isTrue();
  }

  @Test
  void whatIsNotThereIsRefusedAndTakesNothing() {
    memory.take(60);

    assertThat(memory.take(41)).isFalse();
    assertThat(memory.take(40)).isTrue();
  }

  @Test
  void whatIsGivenBackIsThereAgain() {
    memory.take(100);
    memory.giveBack(50);

    assertThat(memory.take(50)).isTrue();
  }
}
