package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.LongTest;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits for somebody else's servers, counted there, with replicas that know of each other. */
@LongTest
class ReplicaLimitsIT {

  private static final int PER_SECOND = 20;
  private static final int CONNECTIONS = 4;
  private static final Duration HOLD = Duration.ofMillis(100);

  private final Cluster cluster =
      Cluster.gatewayAlone(
          Shape.settings(
              "resolver.rate-per-s", Integer.toString(PER_SECOND),
              "resolver.rate-burst", "2",
              "http-probe.target-rate-per-s", Integer.toString(PER_SECOND),
              "http-probe.target-connections", Integer.toString(CONNECTIONS)));
  private final Queue<Long> arrivals = new ConcurrentLinkedQueue<>();

  @AfterEach
  void end() {
    cluster.close();
  }

  private void launch(String service, int replicas) {
    for (int i = 0; i < replicas; i++) {
      cluster.launch(service);
    }
    cluster.awaitReady(service, replicas);
  }

  /** Runs tasks at once and returns the lines of their results. */
  private List<String> run(int count, String name, String params) {
    String tasks =
        IntStream.range(0, count)
            .mapToObj(i ->
                "{\"id\":\"%d\",\"task_name\":\"%s\",\"params\":%s}\n"
                    .formatted(i, name, params.replace("@", Integer.toString(i))))
            .collect(Collectors.joining());
    Reply reply =
        Http.send(
            cluster.doors().main(),
            "POST",
            "/api/v1/tasks/stream",
            tasks,
            "Content-Type: application/x-ndjson");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply.text().lines().filter(line -> line.contains("\"id\"")).toList();
  }

  /**
   * What the limit lets through from the first arrival to the last; each replica has a burst. Two
   * that did not share it would send twice as many: half as many again are for arrivals that are
   * seen late.
   */
  private void assertWithinTheRate(int burst) {
    long[] sorted = arrivals.stream().mapToLong(Long::longValue).sorted().toArray();
    double seconds = (sorted[sorted.length - 1] - sorted[0]) / 1e9;
    assertThat((double) sorted.length)
        .as("%d arrivals in %.2f s", sorted.length, seconds)
        .isLessThanOrEqualTo(1.5 * PER_SECOND * seconds + burst + 1);
  }

  private List<Long> handled(String service) {
    JsonNode items = Http.get(cluster.doors().main(), "/api/v1/services").json().path("items");
    return items
        .valueStream()
        .filter(item -> item.path("service").asText().equals(service))
        .map(item -> item.path("handled").asLong())
        .toList();
  }

  @Test
  void givenTwoReplicas_whenBothAskAResolver_thenItSeesOneRate() {
    launch("dns-service", 2);
    try (FakeDnsServer dns =
        FakeDnsServer.start()
            .otherwise(exchange -> {
              arrivals.add(System.nanoTime());
              exchange.send(exchange.answer());
            })) {

      List<String> results =
          run(
              60,
              "dns_query",
              "{\"domain\":\"n@.example.com\",\"resolver\":\"%s\"}".formatted(dns.resolver()));

      assertThat(results).hasSize(60).noneMatch(line -> line.contains("OVERLOADED"));
      assertWithinTheRate(2);
      Awaitility.await("both to have worked")
          .untilAsserted(() -> assertThat(handled("dns-service")).hasSize(2).doesNotContain(0L));
    }
  }

  @Test
  void givenTwoReplicas_whenBothProbeATarget_thenItSeesOneRateAndOneNumberOfConnections() {
    launch("http-probe-service", 2);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    HttpAnswer slow =
        (request, out) -> {
          arrivals.add(System.nanoTime());
          most.accumulateAndGet(open.incrementAndGet(), Math::max);
          LockSupport.parkNanos(HOLD.toNanos());
          open.decrementAndGet();
          HttpAnswer.of(200, "late").answer(request, out);
        };
    try (FakeHttpServer target = FakeHttpServer.start(slow)) {

      List<String> results = run(60, "http_probe", "{\"url\":\"%s\"}".formatted(target.url("/?@")));

      assertThat(results)
          .hasSize(60)
          .allMatch(line -> line.replace(" ", "").contains("\"status_code\":200"));
      assertThat(most).hasValueLessThanOrEqualTo(CONNECTIONS);
      assertWithinTheRate(2);
    }
  }
}
