package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeReply;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two requests in flight, two waiting, and what comes beyond. */
class AdmissionTest {

  private static final String BODY = "{\"uuid\":\"u\"}";
  private final LinkedBlockingQueue<Promise<IssueCodeReply>> held = new LinkedBlockingQueue<>();
  private final List<RawClient> clients = new ArrayList<>();
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "code-service",
                    endpoint ->
                        endpoint.serve(
                            CodeContract.ISSUE,
                            (request, call) -> {
                              Promise<IssueCodeReply> promise = Promise.promise();
                              held.add(promise);
                              return promise.future();
                            }))),
            "gateway.max-in-flight",
            "2",
            "gateway.max-waiting",
            "2",
            "gateway.max-wait",
            "1m");
  }

  @AfterEach
  void stop() throws InterruptedException {
    clients.forEach(RawClient::close);
    for (Promise<IssueCodeReply> promise : held) {
      promise.tryComplete(new IssueCodeReply("late", false));
    }
    gateway.close();
  }

  private RawClient post() {
    RawClient client = gateway.raw();
    clients.add(client);
    return client.send(
        "POST /api/v1/codes HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\nContent-Length: "
            + BODY.length()
            + "\r\n\r\n"
            + BODY);
  }

  private Promise<IssueCodeReply> next() throws InterruptedException {
    Promise<IssueCodeReply> promise = held.poll(10, TimeUnit.SECONDS);
    assertThat(promise).isNotNull();
    return promise;
  }

  private double gauge(String name) {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void whoComesBeyondTheBoundsIsRefusedAtOnceAndTheOthersAreServedInTurn() throws Exception {
    RawClient first = post();
    RawClient second = post();
    Promise<IssueCodeReply> one = next();
    Promise<IssueCodeReply> two = next();
    RawClient third = post();
    RawClient fourth = post();
    await().atMost(10, TimeUnit.SECONDS).until(() -> gauge("signalbox_gateway_waiting") == 2);

    RawClient.Response refused = post().read();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).isEqualTo("1");
    assertThat(refused.body()).contains("\"code\":\"OVERLOADED\"", "\"retryable\":true");
    assertThat(held).isEmpty();

    one.complete(new IssueCodeReply("c", true));
    two.complete(new IssueCodeReply("c", true));
    assertThat(first.read().status()).isEqualTo(201);
    assertThat(second.read().status()).isEqualTo(201);
    next().complete(new IssueCodeReply("c", true));
    next().complete(new IssueCodeReply("c", true));
    assertThat(third.read().status()).isEqualTo(201);
    assertThat(fourth.read().status()).isEqualTo(201);
    await().atMost(10, TimeUnit.SECONDS).until(() -> gauge("signalbox_gateway_in_flight") == 0);
  }

  @Test
  void healthAnswersUnderOverload() throws Exception {
    for (int i = 0; i < 4; i++) {
      post();
    }
    next();

    assertThat(gateway.get("/health/live").status()).isEqualTo(200);
    assertThat(gateway.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void aClientThatGoesAwayWhileWaitingGivesItsPlaceUp() throws Exception {
    post();
    post();
    next();
    next();
    RawClient waiting = post();
    await().atMost(10, TimeUnit.SECONDS).until(() -> gauge("signalbox_gateway_waiting") == 1);

    waiting.close();

    await().atMost(10, TimeUnit.SECONDS).until(() -> gauge("signalbox_gateway_waiting") == 0);
    assertThat(held).isEmpty();
  }
}
