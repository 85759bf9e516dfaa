package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Announcement;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.service.ServiceContext;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/v1/log-levels}. */
class LogLevelRoutesTest {

  private static final String PATH = "/api/v1/log-levels";
  private static final String NAME = "dev.signalbox.quiet";
  private static final Logger LOG = LoggerFactory.getLogger(NAME + ".Thing");

  private final AtomicReference<ServiceContext> quiet = new AtomicReference<>();
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(
            List.of(FakeService.named("quiet-service", _ -> {}, quiet::set)),
            "gateway.silence",
            "1h");
  }

  @AfterEach
  void stop() {
    gateway.send("main", "DELETE", PATH + "/" + NAME, null);
    gateway.close();
  }

  private Reply put(String logger, String json) {
    return gateway.send(
        "main", "PUT", PATH + "/" + logger, json, "Content-Type", "application/json");
  }

  @Test
  void givenTwoServicesInAProcess_whenLevelsAreListed_thenTheProcessIsThereOnceWithBoth() {
    JsonNode answer = gateway.get(PATH).json();

    assertThat(answer.path("unanswered")).isEmpty();
    assertThat(answer.path("processes")).hasSize(1);
    JsonNode process = answer.path("processes").get(0);
    assertThat(process.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(process.path("level").asText()).isNotEmpty();
    assertThat(process.path("changed")).isEmpty();
    assertThat(process.path("instances").findValuesAsText("service"))
        .containsExactlyInAnyOrder("quiet-service", "gateway-service");
  }

  @ParameterizedTest
  @CsvSource({"debug, true", "DEBUG, true", "info, false"})
  void givenALogger_whenItsLevelIsChanged_thenLinesAreWrittenAndTheListHasIt(
      String level, boolean written) {
    Instant before = Instant.now();

    Reply changed = put(NAME, "{\"level\":\"" + level + "\",\"for_s\":60}");

    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(LOG.isDebugEnabled()).isEqualTo(written);
    assertThat(changed.json()).isEqualTo(gateway.get(PATH).json());
    JsonNode entry = changed.json().path("processes").get(0).path("changed").get(0);
    assertThat(entry.path("logger").asText()).isEqualTo(NAME);
    assertThat(entry.path("level").asText()).isEqualToIgnoringCase(level);
    assertThat(Instant.parse(entry.path("until").asText()))
        .isBetween(before.plusSeconds(59), Instant.now().plusSeconds(61));
  }

  @Test
  void givenAChangedLevel_whenItIsReset_thenItIsThatOfTheConfiguration() {
    put(NAME, "{\"level\":\"debug\"}");

    Reply reset = gateway.send("main", "DELETE", PATH + "/" + NAME, null);

    assertThat(reset.status()).isEqualTo(200);
    assertThat(reset.json().path("processes").get(0).path("changed")).isEmpty();
    assertThat(LOG.isDebugEnabled()).isFalse();
  }

  @Test
  void givenALevelForASecond_whenItIsOver_thenItIsThatOfTheConfiguration() {
    put(NAME, "{\"level\":\"debug\",\"for_s\":1}");

    await().atMost(30, TimeUnit.SECONDS).until(() -> !LOG.isDebugEnabled());
  }

  @ParameterizedTest
  @CsvSource({"service, quiet-service", "node, ''"})
  void givenAServiceOrANode_whenALevelIsChanged_thenItsProcessAloneIsAsked(
      String field, String value) {
    String name = value.isEmpty() ? quiet.get().node() : value;

    Reply changed = put(NAME, "{\"level\":\"debug\",\"%s\":\"%s\"}".formatted(field, name));

    JsonNode process = changed.json().path("processes").get(0);
    assertThat(process.path("instances").findValuesAsText("service"))
        .containsExactly("quiet-service");
    assertThat(process.path("changed")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"service", "node"})
  void givenNobodyIsCalledSo_whenLevelsAreAskedFor_thenItIsNotFound(String field) {
    assertThat(gateway.get(PATH + "?" + field + "=ghost").status()).isEqualTo(404);
    assertThat(put(NAME, "{\"level\":\"debug\",\"" + field + "\":\"ghost\"}").status())
        .isEqualTo(404);
    assertThat(LOG.isDebugEnabled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | /level",
        "{\"level\":null} | /level",
        "{\"level\":\"loud\"} | /level",
        "{\"level\":7} | /level",
        "{\"level\":\"debug\",\"for_s\":0} | /for_s",
        "{\"level\":\"debug\",\"for_s\":86401} | /for_s",
        "{\"level\":\"debug\",\"for_s\":\"1\"} | /for_s",
        "{\"level\":\"debug\",\"services\":\"x\"} | /services",
        "{\"level\":\"debug\",\"node\":1} | /node",
      })
  void givenAWrongField_whenALevelIsChanged_thenTheErrorNamesIt(String body, String pointer) {
    Reply reply = put(NAME, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().path("errors").findValuesAsText("pointer")).containsExactly(pointer);
    assertThat(LOG.isDebugEnabled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%20b", "a%2Fb", "%C3%A4", "$%7Bx%7D"})
  void givenAWrongName_whenALevelIsChanged_thenItIsRefused(String logger) {
    assertThat(put(logger, "{\"level\":\"debug\"}").status()).isEqualTo(400);
    assertThat(gateway.send("main", "DELETE", PATH + "/" + logger, null).status()).isEqualTo(400);
  }

  @Test
  void givenAnInstanceOfAnOlderVersion_whenALevelIsChanged_thenItIsListedAndTheOthersChange() {
    quiet
        .get()
        .bus()
        .publish(
            Announcement.EVENT,
            new Announcement(
                "ghost-service",
                "ghost-1",
                "h",
                "0.0.1",
                1,
                "ready",
                List.of(),
                List.of(),
                new Announcement.Load(0, 0, 0, null, null),
                null));
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> !gateway.get(PATH).json().path("unanswered").isEmpty());

    Reply changed = put(NAME, "{\"level\":\"debug\"}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().path("unanswered").findValuesAsText("node"))
        .containsExactly("ghost-1");
    assertThat(LOG.isDebugEnabled()).isTrue();
  }
}
