package dev.signalbox.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServiceRowTest {

  private static JsonNode items(String... replicas) throws IOException {
    return new JsonMapper().readTree("[" + String.join(",", replicas) + "]");
  }

  private static String replica(String node, String state, int handled, String p50) {
    return """
    {"service":"dns-service","node":"%s","since":"2026-01-01T00:00:00.000Z","state":"%s",
     "in_flight":2,"handled":%d,"failed":1,"p50_ms":%s,"p99_ms":null}
    """
        .formatted(node, state, handled, p50);
  }

  @Test
  void givenReplicas_whenTheyAreARow_thenNumbersAreAddedAndTheSlowestIsShown() throws IOException {
    assertThat(
            ServiceRow.of(
                items(replica("a", "ready", 5, "1.25"), replica("b", "ready", 7, "3.5")), null, 0))
        .containsExactly(new ServiceRow("dns-service", 2, "ready", 4, "-", 12, 2, "3.5", "-"));
  }

  @Test
  void givenReplicasInSeveralStates_whenTheyAreARow_thenEachStateHasItsNumber() throws IOException {
    ServiceRow row =
        ServiceRow.of(
                items(
                    replica("a", "ready", 0, "null"),
                    replica("b", "stopping", 0, "null"),
                    replica("c", "ready", 0, "null")),
                null,
                0)
            .getFirst();

    assertThat(row.state()).isEqualTo("2 ready, 1 stopping");
    assertThat(row.p50()).isEqualTo("-");
  }

  @Test
  void givenAnEarlierLook_whenAReplicaIsNew_thenTheRateIsThatOfTheOthers() throws IOException {
    JsonNode before = items(replica("a", "ready", 10, "1"));
    JsonNode now = items(replica("a", "ready", 30, "1"), replica("b", "ready", 1_000, "1"));

    assertThat(ServiceRow.of(now, before, 2).getFirst().rate()).isEqualTo("10.0");
  }

  @Test
  void givenNoServices_whenTheyAreRows_thenThereIsNone() throws IOException {
    assertThat(ServiceRow.of(items(), null, 0)).isEmpty();
    assertThat(ServiceRow.of(new JsonMapper().missingNode(), null, 0)).isEmpty();
  }
}
