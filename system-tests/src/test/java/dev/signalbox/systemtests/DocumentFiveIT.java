package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The task server of document 5: every call of its API, as its workers and its site make them. */
@ParameterizedClass
@EnumSource
class DocumentFiveIT {

  private static final JsonNode SUCCESS = Reply.json("{\"success\":true}");

  private final Deployment system;
  private final Census census;

  DocumentFiveIT(Shape shape) {
    this.system = shape.shared();
    this.census = new Census(system.doors().messages());
  }

  @BeforeEach
  void nothingAvailable() {
    census.takeAll();
    census.get("/error/reset?id=-1");
  }

  @Test
  void aWorkerTakesATaskAndSubmitsItsResult() {
    int added = census.add(0);

    JsonNode task = census.get("/get_task");
    assertThat(task.path("task_index").asInt()).isEqualTo(added);
    assertThat(task.path("task_status").asInt()).isEqualTo(1);
    assertThat(census.get("/get_pending").path(Integer.toString(added)).asInt()).isEqualTo(1);

    assertThat(census.submit(added, Census.result(10))).isEqualTo(SUCCESS);
    assertThat(census.get("/get_pending").has(Integer.toString(added))).isFalse();
    JsonNode stored = census.get("/api/v1/census/tasks/" + added);
    assertThat(stored.toString()).contains("6554");
  }

  @Test
  void theLowestAvailableTaskIsGivenOutFirstAndTheLatestIsTheHighest() {
    int first = census.add(0);
    int second = census.add(0);

    JsonNode latest = census.get("/get_latest_task");
    assertThat(latest.path("task_index").asInt()).isEqualTo(second);
    assertThat(latest.path("task_status").asInt()).isZero();
    assertThat(census.take()).isEqualTo(first);
    assertThat(census.take()).isEqualTo(second);
    JsonNode none = Reply.json("{\"error\":\"No tasks available\"}");
    assertThat(census.get("/get_task")).isEqualTo(none);
    assertThat(census.get("/get_latest_task")).isEqualTo(none);
  }

  @Test
  void addedTasksFollowEachOther() {
    int first = census.add(0);
    JsonNode second = census.post("/add_task", "{\"task_status\": 1}");

    assertThat(second)
        .isEqualTo(Reply.json("{\"success\":true,\"task_index\":" + (first + 1) + "}"));
    assertThat(census.get("/get_pending").path(Integer.toString(first + 1)).asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"task_index\":%d,\"result\":{\"success\":true,\"result_data\":\"%s\"}}",
        "{\"task_index\":\"%d\",\"result\":{\"success\":true,\"result_data\":\"%s\"}}",
        "{\"task_index\":%d,\"result_data\":\"%s\"}",
        "{\"task_index\":%d,\"result\":\"%s\"}"
      })
  void aResultMayBeWrittenInEachOfTheWaysWorkersDo(String form) {
    int index = census.add(0);
    census.take();

    assertThat(census.post("/submit_result", form.formatted(index, Census.result(3))))
        .isEqualTo(SUCCESS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 65_535, 65_537})
  void aResultOfAnotherLengthIsAnErrorOfTheTask(int length) {
    int index = census.add(0);
    census.take();

    JsonNode refused = census.submit(index, "0".repeat(length));

    assertThat(refused)
        .isEqualTo(
            Reply.json(
                "{\"success\":false,\"error\":{\"task_index\":%d,\"error\":\"length:%d\"}}"
                    .formatted(index, length)));
    assertThat(census.get("/error"))
        .anySatisfy(error -> {
          assertThat(error.path("task_index").asInt()).isEqualTo(index);
          assertThat(error.path("error").asText()).isEqualTo("length:" + length);
        });
    assertThat(census.status(index)).isEqualTo(3);
  }

  @Test
  void aResultWithOtherCharactersIsAnErrorOfTheTask() {
    int index = census.add(0);
    census.take();

    JsonNode refused = census.submit(index, "2".repeat(Census.ADDRESSES));

    assertThat(refused.path("success").asBoolean(true)).isFalse();
    assertThat(refused.path("error").path("task_index").asInt()).isEqualTo(index);
    assertThat(census.status(index)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999", "-1"})
  void aResultOfNoTaskIsRefused(String index) {
    JsonNode refused =
        census.post(
            "/submit_result",
            "{\"task_index\":%s,\"result\":{\"success\":true,\"result_data\":\"0\"}}"
                .formatted(index));

    assertThat(refused.path("success").asBoolean(true)).isFalse();
    assertThat(refused.toString()).contains("Index of " + index + " not found");
  }

  @Test
  void aResultSubmittedTwiceIsTakenOnceAndAnotherChangesNothing() {
    int index = census.add(0);
    census.take();
    census.submit(index, Census.result(2));

    assertThat(census.submit(index, Census.result(2))).isEqualTo(SUCCESS);
    JsonNode other = census.submit(index, Census.result(3));
    assertThat(other.path("success").asBoolean(true)).isFalse();
    assertThat(other.path("error").path("error").asText()).contains("already done");
    assertThat(census.status(index)).isEqualTo(2);
  }

  @Test
  void errorsAreListedShownAndReset() {
    int first = census.add(0);
    int second = census.add(0);
    census.takeAll();
    census.submit(first, "1");
    census.submit(second, "22");

    assertThat(census.get("/error")).hasSize(2);
    Reply page = Http.get(system.doors().messages(), "/errors");
    assertThat(page.header("content-type")).startsWith("text/html");
    assertThat(page.text()).contains("<table").contains("length:1").contains("length:2");

    assertThat(census.get("/error/reset?id=" + first)).isEqualTo(SUCCESS);
    assertThat(census.get("/error")).hasSize(1);
    assertThat(census.get("/error/reset?id=-1")).isEqualTo(SUCCESS);
    assertThat(census.get("/error")).isEmpty();
  }

  @Test
  void progressIsThePercentageOfTasksDone() {
    int index = census.add(0);
    census.take();
    JsonNode before = census.get("/get_progress");
    census.submit(index, Census.result(2));

    JsonNode after = census.get("/get_progress");

    assertThat(after.path("done_tasks").asInt()).isEqualTo(before.path("done_tasks").asInt() + 1);
    assertThat(after.path("total_tasks").asInt()).isEqualTo(before.path("total_tasks").asInt());
    double percent = 100.0 * after.path("done_tasks").asInt() / after.path("total_tasks").asInt();
    assertThat(after.path("progress").asDouble())
        .isCloseTo(percent, org.assertj.core.api.Assertions.within(0.0001));
    assertThat(after.path("errors").isArray()).isTrue();
    assertThat(after.path("pending").isObject()).isTrue();
  }

  @Test
  void revisingChangesAStatusUnlessTheTaskIsWorking() {
    int index = census.add(0);

    assertThat(census.get("/revise?id=" + index + "&code=2")).isEqualTo(SUCCESS);
    assertThat(census.status(index)).isEqualTo(2);
    assertThat(census.get("/revise?id=" + index + "&code=1")).isEqualTo(SUCCESS);
    assertThat(census.get("/revise?id=" + index + "&code=0"))
        .isEqualTo(Reply.json("{\"success\":false,\"error\":\"The task is working\"}"));
    assertThat(census.get("/revise?id=" + index + "&code=0&force=1")).isEqualTo(SUCCESS);
    assertThat(census.take()).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id=99999999&code=0",
        "id=-7&code=0",
        "id=x&code=0",
        "id=0&code=9",
        "id=0&code=x",
        "id=0",
        "code=0",
        ""
      })
  void revisingNothingOrToNothingIsRefused(String query) {
    JsonNode refused = census.get("/revise?" + query);

    assertThat(refused.path("success").asBoolean(true)).as(refused.toString()).isFalse();
    assertThat(refused.path("error").asText()).isNotEmpty();
  }

  @Test
  void thePagesAndThePing() {
    assertThat(census.get("/ping")).isEqualTo(Reply.json("{}"));
    Reply site = Http.get(system.doors().messages(), "/");
    assertThat(site.status()).isEqualTo(200);
    assertThat(site.header("content-type")).startsWith("text/html");
    assertThat(site.text()).containsIgnoringCase("census");
  }

  @Test
  void noTaskIsGivenOutTwice() throws InterruptedException {
    int tasks = 40;
    for (int i = 0; i < tasks; i++) {
      census.add(0);
    }
    Set<Integer> taken = new HashSet<>();
    Load load = new Load();
    for (int worker = 0; worker < 8; worker++) {
      load.run(() -> {
        for (int index = census.take(); index >= 0; index = census.take()) {
          synchronized (taken) {
            assertThat(taken.add(index)).as("task " + index + " given out once").isTrue();
          }
        }
      });
    }
    load.awaitAll();

    assertThat(taken).hasSize(tasks);
  }
}
