package dev.signalbox.platform.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskIdsTest {

  @Test
  void givenARequestId_whenTasksHaveNoIds_thenTheirsBeginWithItAndEndWithTheIndex() {
    assertThat(TaskIds.of("request").at(7)).matches("request-[0-9a-f]{8}-7");
  }

  @Test
  void givenTheSameRequestIdTwice_whenTasksHaveNoIds_thenTheirsDiffer() {
    assertThat(TaskIds.of("request").at(7)).isNotEqualTo(TaskIds.of("request").at(7));
  }

  @Test
  void givenOneRequest_whenAnIdIsAskedForTwice_thenItIsTheSame() {
    TaskIds ids = TaskIds.of("request");

    assertThat(ids.at(7)).isEqualTo(ids.at(7));
  }
}
