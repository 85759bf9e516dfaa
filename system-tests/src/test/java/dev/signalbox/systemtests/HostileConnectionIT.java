package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no well-meaning client makes, byte by byte. */
@ParameterizedClass
@EnumSource
class HostileConnectionIT {

  private static final long TWO_GIGABYTES = 2L << 30;

  private final Deployment system;
  private final int port;
  private final Complaints before;

  HostileConnectionIT(Shape shape) {
    this.system = shape.shared();
    this.before = Complaints.of(system);
    this.port = system.doors().main();
  }

  @AfterEach
  void theSystemIsAsWellAsBefore() {
    try (RawConnection connection = new RawConnection(port)) {
      assertThat(connection.get("/ping").status()).isEqualTo(200);
      assertThat(connection.get("/ping").status()).isEqualTo(200);
    }
    assertThat(Complaints.of(system)).as(system.output()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/run_task",
        "/run_tasks",
        "/stop_server",
        "/submit_result",
        "/add_task",
        "/upload",
        "/api/v1/tasks",
        "/api/v1/tasks/batch",
        "/api/v1/messages",
        "/api/v1/servers"
      })
  void twoGigabytesAreRefusedBeforeTheyAreSent(String path) {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST %s HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
              .formatted(path, TWO_GIGABYTES));

      Reply refused = connection.read();

      assertThat(refused.status()).as(refused.toString()).isEqualTo(413);
      assertThat(refused.header("connection")).isEqualToIgnoringCase("close");
    }
  }

  @Test
  void theConnectionOfARefusedBodyEnds() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + TWO_GIGABYTES
              + "\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(413);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void twoGigabytesAtTheOtherDoorsToo(int door) {
    int other = door == 0 ? system.doors().codes() : system.doors().messages();
    try (RawConnection connection = new RawConnection(other)) {
      connection.send("POST / HTTP/1.1\r\n$HOST\r\nContent-Length: " + TWO_GIGABYTES + "\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(413);
    }
  }

  @Test
  void aClientThatAsksFirstIsToldNotToSend() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST /upload HTTP/1.1\r\n$HOST\r\nContent-Type: text/plain\r\n"
              + "Expect: 100-continue\r\nContent-Length: "
              + TWO_GIGABYTES
              + "\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(413);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run_task", "/submit_result", "/api/v1/tasks"})
  void aBodyWithoutEndIsCutOff(String path) {
    byte[] chunk = ("10000\r\n" + "x".repeat(65_536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST %s HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
              .formatted(path));
      int sent = 0;
      while (sent < 2_000 && connection.trySend(chunk)) {
        sent++;
        if (connection.answered()) {
          break;
        }
      }

      assertThat(sent).as("pieces of 64 KiB until the answer").isLessThan(2_000);
      assertThat(connection.read().status()).isEqualTo(413);
    }
  }

  @Test
  void aHundredThousandHeadersAreRefused() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send("GET /ping HTTP/1.1\r\n$HOST\r\n");
      byte[] thousand = "X-A: b\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 100 && !connection.answered() && connection.trySend(thousand); i++) {
        // The answer may come long before the last of them.
      }
      connection.send("\r\n");

      assertThat(connection.read().status()).isEqualTo(431);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void oneHeaderOfAMegabyteIsRefused() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send("GET /ping HTTP/1.1\r\n$HOST\r\nX-A: " + "b".repeat(1_000_000) + "\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(431);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void aRequestLineOfAMegabyteIsRefused() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send("GET /" + "a".repeat(1_000_000) + " HTTP/1.1\r\n$HOST\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(414);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\nNONSENSE\r\n\r\n",
        "GET\r\n\r\n",
        "GET /ping\r\n\r\n",
        "GET /ping HTTP/1.1\r\n$HOST\r\nbroken header\r\n\r\n",
        "GET /pi\u0000ng HTTP/1.1\r\n$HOST\r\n\r\n",
        "GET /ping HTTP/1.1\r\n$HOST\r\nX: a\u0000b\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: -1\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: x\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nTransfer-Encoding: nonsense\r\n\r\n"
      })
  void whatIsNoHttpIsRefusedAndTheConnectionEnds(String request) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply refused = connection.send(request).read();

      assertThat(refused.status()).as(refused.toString()).isBetween(400, 501);
      assertThat(refused.status()).isNotEqualTo(500);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void aBodyWhoseChunksAreNoneEndsTheConnection() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(400);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void otherVersionsOfHttpAreRefused() {
    try (RawConnection connection = new RawConnection(port)) {
      assertThat(connection.send("GET /ping HTTP/3.7\r\n$HOST\r\n\r\n").read().status())
          .isIn(400, 501, 505);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  @Test
  void bytesOfAnotherProtocolEndTheConnection() {
    try (RawConnection connection = new RawConnection(port)) {
      byte[] hello = {0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00, 0x0a, 0x0d, 0x0a};
      connection.send(hello).send("\r\n\r\n");

      assertThat(connection.drained()).isTrue();
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      requests
          .append("GET /ping HTTP/1.1\r\n$HOST\r\nX-Request-Id: p")
          .append(i)
          .append("\r\n\r\n");
    }
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(requests.toString());
      for (int i = 0; i < 50; i++) {
        Reply reply = connection.read();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("x-request-id")).isEqualTo("p" + i);
      }
    }
  }

  @Test
  void pipelinedWorkIsAnsweredInItsOrderToo() {
    String body = "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"example.com\"}}";
    try (RawConnection connection = new RawConnection(port)) {
      for (int i = 0; i < 10; i++) {
        connection.send(
            Http.head(
                    "POST",
                    "/run_task",
                    body.length(),
                    "Content-Type: application/json",
                    "X-Request-Id: w" + i)
                + body);
      }
      for (int i = 0; i < 10; i++) {
        Reply reply = connection.read();
        assertThat(reply.header("x-request-id")).isEqualTo("w" + i);
        assertThat(reply.json().path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
      }
    }
  }

  @Test
  void aRefusedRequestLeavesTheConnectionReadyForTheNext() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(Http.head("POST", "/run_task", 3, "Content-Type: application/json") + "{]}");
      assertThat(connection.read().status()).isEqualTo(400);
      connection.send(Http.head("POST", "/run_task", 3, "Content-Type: text/plain") + "abc");
      assertThat(connection.read().status()).isEqualTo(415);
      connection.send(Http.head("POST", "/no/such/page", 3, "Content-Type: text/plain") + "abc");
      assertThat(connection.read().status()).isIn(404, 405);

      assertThat(connection.get("/ping").status()).isEqualTo(200);
    }
  }
}
