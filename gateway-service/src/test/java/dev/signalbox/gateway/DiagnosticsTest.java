package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.PlatformContract;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /api/v1/diagnostics}. */
@LongTest
class DiagnosticsTest {

  private static final String ADMIN = "admin-0123456789abc";
  private static final String PATH = "/api/v1/diagnostics";

  @TempDir Path directory;

  private GatewayFixture gateway;

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static List<String> codes(JsonNode answer) {
    List<String> codes = new ArrayList<>();
    answer.path("findings").forEach(finding -> codes.add(finding.path("code").asText()));
    return codes;
  }

  private Reply as(String token) {
    return gateway.send("main", "GET", PATH, null, "Authorization", "Bearer " + token);
  }

  @Test
  void givenNothingIsWrong_whenAsked_thenTheStatusIsOkAndEveryInstanceIsNamedOnce() {
    gateway = GatewayFixture.start(List.of(FakeService.named("quiet-service", _ -> {})));

    JsonNode answer = gateway.get(PATH).json();

    assertThat(codes(answer)).isEmpty();
    assertThat(answer.path("status").asText()).isEqualTo("ok");
    assertThat(answer.path("unanswered")).isEmpty();
    assertThat(answer.path("processes")).hasSize(1);
    JsonNode process = answer.path("processes").get(0);
    assertThat(process.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(process.path("instances").findValuesAsText("service"))
        .containsExactlyInAnyOrder("quiet-service", "gateway-service");
    assertThat(Instant.parse(process.path("checked_at").asText())).isAfter(Instant.EPOCH);
  }

  @Test
  void givenACheckOfAService_whenItBeginsAndEnds_thenTheFindingComesAndGoes() {
    AtomicReference<List<Symptom>> found = new AtomicReference<>(List.of());
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "quota-service",
                    _ -> {},
                    context -> context.diagnose("the quota", found::get))));
    assertThat(codes(gateway.get(PATH).json())).isEmpty();

    Instant before = Instant.now();
    found.set(List.of(Symptom.of(FindingCode.FILE_QUOTA, "95 of 100 bytes")));
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> codes(gateway.get(PATH).json()).contains("FILE_QUOTA"));
    JsonNode answer = gateway.get(PATH).json();
    JsonNode finding = answer.path("findings").get(0);
    assertThat(answer.path("status").asText()).isEqualTo("warning");
    assertThat(finding.path("service").asText()).isEqualTo("quota-service");
    assertThat(finding.path("node").asText()).isNotEmpty();
    assertThat(finding.path("detail").asText()).isEqualTo("95 of 100 bytes");
    assertThat(finding.path("action").asText()).isEqualTo(FindingCode.FILE_QUOTA.action());
    assertThat(Instant.parse(finding.path("since").asText()))
        .isBetween(before.minusMillis(1), Instant.now());

    found.set(List.of());
    await().atMost(40, TimeUnit.SECONDS).until(() -> codes(gateway.get(PATH).json()).isEmpty());
  }

  @Test
  void givenACheckThatThrows_whenAsked_thenThatIsAFinding() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "bad-service",
                    _ -> {},
                    context ->
                        context.diagnose(
                            "the moon",
                            () -> {
                              throw new IOException("no telescope");
                            }))));

    assertThat(codes(gateway.get(PATH).json())).containsExactly("CHECK_FAILED");
  }

  @Test
  void givenTokens_whenAskedWithLessThanAdmin_thenItIsRefused() {
    gateway = GatewayFixture.start("gateway.tokens", "operator:operator-0123456789,admin:" + ADMIN);

    assertThat(gateway.get(PATH).status()).isEqualTo(401);
    assertThat(as("operator-0123456789").status()).isEqualTo(403);
    assertThat(as(ADMIN).status()).isEqualTo(200);
    assertThat(as(ADMIN).header("cache-control")).isEqualTo("no-store");
  }

  @Test
  void givenAnUnknownParameterOrMethod_whenAsked_thenItIsRefused() {
    gateway = GatewayFixture.start();

    assertThat(gateway.get(PATH + "?verbose=1").status()).isEqualTo(400);
    assertThat(gateway.post(PATH, "{}").status()).isEqualTo(405);
  }

  @Test
  void givenADoorThatOthersReachAndAuthOffByChoice_whenAsked_thenThatIsNoFinding() {
    gateway = GatewayFixture.start("gateway.bind", "0.0.0.0", "gateway.auth", "off");

    JsonNode answer = gateway.get(PATH).json();
    assertThat(codes(answer)).isEmpty();
    assertThat(answer.path("status").asText()).isEqualTo("ok");
  }

  @Test
  void givenATokensFile_whenItGetsAnErrorAndIsMended_thenTheFindingComesAndGoes()
      throws IOException {
    Path file = Files.writeString(directory.resolve("tokens"), "admin:" + ADMIN + "\n");
    gateway = GatewayFixture.start("gateway.tokens-file", file.toString());
    assertThat(codes(as(ADMIN).json())).isEmpty();

    Files.writeString(file, "admin:" + ADMIN + "\nname=x role=chief\n");
    await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> codes(as(ADMIN).json()).contains("TOKENS_FILE"));
    assertThat(as(ADMIN).body()).contains("line 2").doesNotContain(ADMIN);

    Files.writeString(file, "admin:" + ADMIN + "\n# mended\n");
    await().atMost(60, TimeUnit.SECONDS).until(() -> codes(as(ADMIN).json()).isEmpty());
  }

  private static Announcement ghost(String version, String state) {
    return new Announcement(
        "ghost-service",
        "ghost-1",
        "ghost-host",
        version,
        1,
        state,
        List.of(),
        List.of(),
        new Announcement.Load(0, 0, 0, null, null),
        null);
  }

  private ServiceContext startWithContext() {
    AtomicReference<ServiceContext> context = new AtomicReference<>();
    gateway =
        GatewayFixture.start(
            List.of(FakeService.named("observer-service", _ -> {}, context::set)),
            "gateway.silence",
            "1h");
    return context.get();
  }

  private static void announce(ServiceContext context, String version, String state) {
    context.bus().publish(Announcement.EVENT, ghost(version, state));
  }

  @Test
  void givenAnInstanceThatDoesNotAnswer_whenItStops_thenTheFindingAboutItComesAndGoes() {
    ServiceContext context = startWithContext();
    TestNode.await(
        context
            .bus()
            .serve(
                PlatformContract.DIAGNOSE.at("ghost-1"),
                (_, _) -> Promise.<DiagnoseReply>promise().future()));
    announce(context, "development", "ready");

    await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> codes(gateway.get(PATH).json()).contains("DOWN"));
    JsonNode answer = gateway.get(PATH).json();
    assertThat(answer.path("status").asText()).isEqualTo("error");
    assertThat(answer.path("findings").get(0).path("service").asText()).isEqualTo("ghost-service");
    assertThat(answer.path("unanswered").get(0).path("node").asText()).isEqualTo("ghost-1");
    assertThat(answer.path("processes")).hasSize(1);

    announce(context, "development", "stopped");
    await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> !codes(gateway.get(PATH).json()).contains("DOWN"));
    assertThat(codes(gateway.get(PATH).json())).containsExactly("NO_INSTANCE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.1", "development"})
  void givenAnInstanceThatServesNoDiagnostics_whenOthersAreAsked_thenItIsListedAndNotDown(
      String version) {
    announce(startWithContext(), version, "ready");

    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> !gateway.get(PATH).json().path("not_asked").isEmpty());
    JsonNode answer = gateway.get(PATH).json();
    assertThat(answer.path("not_asked")).hasSize(1);
    assertThat(answer.path("not_asked").get(0).path("node").asText()).isEqualTo("ghost-1");
    assertThat(answer.path("not_asked").get(0).path("version").asText()).isEqualTo(version);
    assertThat(answer.path("unanswered")).isEmpty();
    assertThat(codes(answer)).isEmpty();
    assertThat(answer.path("status").asText()).isEqualTo("ok");
  }

  @Test
  void givenAProcessWithAnotherClock_whenAsked_thenHowFarItIsOffIsAFinding() {
    ServiceContext context = startWithContext();
    DiagnoseReply.Finding strange =
        new DiagnoseReply.Finding(
            "OF_A_LATER_VERSION", "error", "t", "d", 5, null, null, "a", "page.md#x");
    TestNode.await(
        context
            .bus()
            .serve(
                PlatformContract.DIAGNOSE.at("ghost-1"),
                (_, _) ->
                    Future.succeededFuture(
                        new DiagnoseReply(
                            "p-9",
                            "ghost-host",
                            9,
                            "development",
                            System.currentTimeMillis() - 3_600_000,
                            0,
                            List.of(strange)))));
    announce(context, "development", "ready");

    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> codes(gateway.get(PATH).json()).contains("CLOCK"));
    JsonNode answer = gateway.get(PATH).json();
    assertThat(answer.toString())
        .contains("The clock of ghost-host (process 9) is at least 3")
        .contains(" s behind that of this gateway.");
    assertThat(codes(answer)).contains("OF_A_LATER_VERSION");
    assertThat(answer.path("processes").findValues("checked_at")).anyMatch(JsonNode::isNull);
  }
}
