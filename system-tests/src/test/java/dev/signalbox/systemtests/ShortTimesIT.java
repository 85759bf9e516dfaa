package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Times that are long by default, configured short: idle connections, slow senders, leases. */
class ShortTimesIT {

  private static OneProcess system;

  @BeforeAll
  static void start() {
    system =
        OneProcess.start(
            Shape.settings(
                "gateway.keep-alive-timeout", "2s",
                "gateway.keep-alive-requests", "5",
                "gateway.body-timeout", "500ms",
                "ping.lease-time", "500ms",
                "ping.sweep-interval", "50ms"));
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static RawConnection connect() {
    return new RawConnection(system.doors().main());
  }

  @Test
  void anIdleConnectionIsClosed() {
    try (RawConnection connection = connect()) {
      assertThat(connection.get("/ping").status()).isEqualTo(200);

      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void aConnectionThatNeverSpeaksIsClosed() {
    try (RawConnection connection = connect()) {
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void theRequestsOfAConnectionAreCounted() {
    try (RawConnection connection = connect()) {
      for (int i = 1; i < 5; i++) {
        assertThat(connection.get("/ping").header("connection"))
            .isEqualToIgnoringCase("keep-alive");
      }
      assertThat(connection.get("/ping").header("connection")).isEqualToIgnoringCase("close");
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void aHeaderThatDribblesInDoesNotKeepAConnectionOpen() throws InterruptedException {
    try (RawConnection connection = connect()) {
      connection.send("GET /ping HTTP/1.1\r\n$HOST\r\n");
      Thread dribble = dribble(connection, "X-A: b\r\n");

      assertThat(connection.drained()).isTrue();
      dribble.interrupt();
      dribble.join();
    }
  }

  @Test
  void aBodyThatDribblesInIsRefusedAndTheConnectionEnds() throws InterruptedException {
    try (RawConnection connection = connect()) {
      connection.send(Http.head("POST", "/run_task", 10_000, "Content-Type: application/json"));
      Thread dribble = dribble(connection, " ");

      assertThat(connection.read().status()).isEqualTo(408);
      dribble.interrupt();
      dribble.join();
      assertThat(connection.drained()).isTrue();
    }
  }

  @Test
  void anUploadThatDribblesInLeavesNothing() throws InterruptedException {
    Site site = new Site(system);
    long before = site.uploads();
    try (RawConnection connection = connect()) {
      connection.send(Http.head("POST", "/upload", 10_000, "Content-Type: text/plain"));
      Thread dribble = dribble(connection, "x");

      assertThat(connection.read().status()).isEqualTo(408);
      dribble.interrupt();
      dribble.join();
    }
    Awaitility.await("nothing left")
        .atMost(Duration.ofSeconds(30))
        .until(() -> site.uploads() == before);
  }

  private static Thread dribble(RawConnection connection, String drop) {
    return Thread.ofVirtual()
        .start(() -> {
          while (!Thread.currentThread().isInterrupted()) {
            connection.send(drop);
            LockSupport.parkNanos(50_000_000);
          }
        });
  }

  @Test
  void aLeaseThatIsNotSubmittedInTimeReturns() {
    Census census = new Census(system.doors().main());
    census.add(0);
    int index = census.take();

    Awaitility.await("the task available again")
        .atMost(Duration.ofSeconds(30))
        .until(() -> census.status(index) == 0);

    assertThat(census.get("/error"))
        .anySatisfy(error -> {
          assertThat(error.path("task_index").asInt()).isEqualTo(index);
          assertThat(error.path("error").asText()).isEqualTo("Task timed out");
        });
  }

  @Test
  void aLeaseThatEndedIsLostOnceAnotherHasTheTask() {
    Census census = new Census(system.doors().main());
    census.add(0);
    JsonNode first = lease();
    int index = first.path("tasks").get(0).path("task_index").asInt();
    Awaitility.await("the lease over")
        .atMost(Duration.ofSeconds(30))
        .until(() -> census.status(index) == 0);
    JsonNode second = lease();
    assertThat(second.path("tasks").get(0).path("task_index").asInt()).isEqualTo(index);

    Reply late = submit(index, first);

    assertThat(late.status()).as(late.toString()).isEqualTo(409);
    assertThat(census.status(index)).isNotEqualTo(2);
    Awaitility.await("the second lease over")
        .atMost(Duration.ofSeconds(30))
        .until(() -> census.status(index) == 0);
    assertThat(submit(index, second).status()).isEqualTo(200);
    assertThat(census.status(index)).isEqualTo(2);
  }

  private static JsonNode lease() {
    return Http.post(
            system.doors().main(), "/api/v1/census/leases", "{\"worker\":\"w\",\"count\":1}")
        .json();
  }

  private static Reply submit(int index, JsonNode lease) {
    return Http.request(
        system.doors().main(),
        "PUT",
        "/api/v1/census/tasks/" + index + "/result",
        new byte[8_192],
        "Content-Type: application/octet-stream",
        "Lease-Token: " + lease.path("token").asText());
  }
}
