package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A tour of {@code /api/v1/census}. */
@ParameterizedClass
@EnumSource
class CensusTourIT {

  private static final String CENSUS = "/api/v1/census";

  private final int main;
  private final Census census;

  CensusTourIT(Shape shape) {
    this.main = shape.shared().doors().main();
    this.census = new Census(main);
  }

  @BeforeEach
  void nothingAvailable() {
    census.takeAll();
  }

  private Reply get(String path, String... headers) {
    return Http.get(main, CENSUS + path, headers);
  }

  private Reply json(String method, String path, String body) {
    return Http.send(main, method, CENSUS + path, body, "Content-Type: application/json");
  }

  private JsonNode lease(int count) {
    Reply reply = json("POST", "/leases", "{\"worker\":\"tour\",\"count\":" + count + "}");
    assertThat(reply.status()).as(reply.toString()).isIn(200, 201);
    return reply.json();
  }

  private Reply put(int index, String token, byte[] result, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Content-Type: application/octet-stream");
    all.add("Lease-Token: " + token);
    return Http.request(
        main, "PUT", CENSUS + "/tasks/" + index + "/result", result, all.toArray(String[]::new));
  }

  @Test
  void tasksAreLeasedAndTheirResultsStored() {
    census.add(0);
    census.add(0);
    JsonNode lease = lease(2);
    assertThat(lease.path("lease_id").asText()).isNotEmpty();
    assertThat(lease.path("expires_at").asText()).endsWith("Z");
    assertThat(lease.path("max_rate_pps").isNumber()).isTrue();
    assertThat(lease.path("tasks")).hasSize(2);
    int index = lease.path("tasks").get(0).path("task_index").asInt();
    assertThat(lease.path("tasks").get(0).path("network").asText())
        .isEqualTo(index / 256 + "." + index % 256 + ".0.0/16");
    String token = lease.path("token").asText();
    byte[] bitmap = new byte[8_192];
    bitmap[0] = (byte) 0x80;

    Reply stored = put(index, token, bitmap);

    assertThat(stored.status()).as(stored.toString()).isBetween(200, 204);
    assertThat(put(index, token, bitmap).status()).isBetween(200, 204);
    assertThat(census.status(index)).isEqualTo(2);
    assertThat(get("/tasks/" + index + "/result", "Accept: application/octet-stream").body())
        .isEqualTo(bitmap);
    String first = index / 256 + "." + index % 256 + ".0.0";
    assertThat(get("/tasks/" + index + "/result", "Accept: text/csv").text()).contains(first);
  }

  @Test
  void aResultOfAWrongLengthOrWithoutALeaseIsRefused() {
    int index = census.add(0);
    String token = lease(1).path("token").asText();

    assertThat(put(index, token, new byte[17]).status()).isEqualTo(400);
    assertThat(put(index, "not-the-token", new byte[8_192]).status()).isEqualTo(409);
    assertThat(census.status(index)).isEqualTo(1);
  }

  @Test
  void aLeaseIsProlongedAndGivenBack() {
    int index = census.add(0);
    JsonNode lease = lease(1);
    String path = "/leases/" + lease.path("lease_id").asText();

    Reply prolonged = json("POST", path + "/heartbeat", "{\"done\":{\"" + index + "\":0.5}}");
    assertThat(prolonged.status()).as(prolonged.toString()).isEqualTo(200);
    assertThat(prolonged.json().path("expires_at").asText()).endsWith("Z");
    Reply back = json("DELETE", path, "");
    assertThat(back.status()).isBetween(200, 204);
    assertThat(census.status(index)).isZero();
    assertThat(json("POST", path + "/heartbeat", "{}").status()).isEqualTo(409);
    assertThat(put(index, lease.path("token").asText(), new byte[8_192]).status()).isEqualTo(409);
  }

  @Test
  void tasksErrorsAndProgressAreListed() {
    int index = census.add(0);
    census.takeAll();
    census.submit(index, "101");

    JsonNode errors = get("/errors").json().path("items");
    assertThat(errors.findValuesAsText("task_index")).contains(Integer.toString(index));
    Reply failed = get("/tasks?limit=1000&after=" + (index - 1));
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.json().path("items").findValuesAsText("task_index"))
        .contains(Integer.toString(index));
    assertThat(get("/progress").json().toString()).contains("done");
    assertThat(json("DELETE", "/errors/" + index, "").status()).isBetween(200, 204);
    assertThat(get("/errors").json().path("items").findValuesAsText("task_index"))
        .doesNotContain(Integer.toString(index));
    assertThat(get("/tasks/99999999").status()).isEqualTo(404);
  }

  @Test
  void leasesOfNothingAreNotGiven() {
    Reply none = json("POST", "/leases", "{\"worker\":\"tour\",\"count\":1}");
    assertThat(none.json().path("tasks")).isEmpty();

    assertThat(json("POST", "/leases", "{\"worker\":\"tour\",\"count\":65}").status())
        .isEqualTo(400);
    assertThat(json("POST", "/leases", "{\"worker\":\"\",\"count\":1}").status()).isEqualTo(400);
    assertThat(json("POST", "/leases", "{\"count\":1}").status()).isEqualTo(400);
  }
}
