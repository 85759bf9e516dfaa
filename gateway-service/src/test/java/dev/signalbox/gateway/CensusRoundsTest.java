package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListOptOutsReply;
import dev.signalbox.contracts.ping.ListRoundsReply;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.RemoveOptOutReply;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.StartRoundReply;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contributors, rounds, opt-outs and look-ups of section 7. */
class CensusRoundsTest {

  private static final String CENSUS = "/api/v1/census";
  private static final BlockingQueue<Object> ASKED = new LinkedBlockingQueue<>();

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(FakeService.named("ping-coordinator", CensusRoundsTest::serve)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static final Contributor ADA =
      new Contributor(
          "ada <script>",
          "analysts",
          true,
          1,
          12,
          786_432,
          11,
          0,
          Contributor.Standing.KNOWN,
          3,
          0,
          1_000);

  private static <T> Future<T> asked(Object request, T reply) {
    ASKED.add(request);
    return Future.succeededFuture(reply);
  }

  private static void serve(ServiceEndpoint endpoint) {
    endpoint
        .serve(
            PingContract.LIST_CONTRIBUTORS,
            (request, call) -> asked(request, new ListContributorsReply(List.of(ADA), true)))
        .serve(
            PingContract.GET_CONTRIBUTOR,
            (request, call) ->
                asked(
                    request,
                    "nobody".equals(request.name())
                        ? new GetContributorReply.Unknown()
                        : new GetContributorReply.Found(
                            ADA,
                            List.of(
                                new GetContributorReply.Comparison(1, 258, true, 5, 80, 1_000)))))
        .serve(
            PingContract.CHANGE_CONTRIBUTOR,
            (request, call) -> asked(request, new GetContributorReply.Found(ADA, List.of())))
        .serve(
            PingContract.LIST_ROUNDS,
            (request, call) ->
                asked(
                    request,
                    new ListRoundsReply(
                        List.of(
                            new Round(1, 0, 1_000L, 3, 2, 7), new Round(2, 1_000, null, 3, 0, 0)))))
        .serve(
            PingContract.START_ROUND,
            (request, call) ->
                asked(
                    request,
                    request.current() == 2
                        ? new StartRoundReply.Started(new Round(3, 2_000, null, 3, 0, 0))
                        : new StartRoundReply.NotCurrent(2)))
        .serve(
            PingContract.LIST_OPT_OUTS,
            (request, call) ->
                asked(
                    request,
                    new ListOptOutsReply(
                        List.of(
                            new OptOut(7, "192.0.2.0/24", "noc", null, OptOut.Source.FILE, 1_000)),
                        true)))
        .serve(
            PingContract.ADD_OPT_OUT,
            (request, call) ->
                asked(
                    request,
                    new OptOut(
                        8,
                        request.network(),
                        request.requester(),
                        request.reason(),
                        OptOut.Source.API,
                        1_000)))
        .serve(
            PingContract.REMOVE_OPT_OUT,
            (request, call) ->
                request.id() == 8
                    ? asked(request, new RemoveOptOutReply(8))
                    : Future.failedFuture(new ServiceException(ErrorCode.NOT_FOUND, "none")))
        .serve(
            PingContract.LOOK_UP,
            (request, call) ->
                asked(
                    request,
                    new LookUpReply(
                        "1.2.3.4/" + request.length(),
                        "APNIC",
                        1,
                        1,
                        new LookUpReply.TaskState(TaskStatus.DONE, null, "ada <script>", 2_000),
                        null,
                        List.of(
                            new LookUpReply.Finding(2, 1_000, 1, 1, 48, 2),
                            new LookUpReply.Finding(1, 0, 1, 0, 0, 1)))));
  }

  @Test
  void givenContributors_whenListed_thenTheNextPageGoesOnAfterThem() {
    JsonNode page = gateway.get(CENSUS + "/contributors?after=5&limit=1").json();

    assertThat(page.get("next").asText()).isEqualTo("6");
    JsonNode ada = page.get("items").get(0);
    assertThat(ada.get("name").asText()).isEqualTo("ada <script>");
    assertThat(ada.get("standing").asText()).isEqualTo("known");
    assertThat(ada.get("streak_days").asInt()).isEqualTo(3);
    assertThat(ada.has("comparisons")).isFalse();
  }

  @Test
  void givenAContributor_whenShown_thenWhatTheStandingRestsOnIsToo() {
    JsonNode ada = gateway.get(CENSUS + "/contributors/ada").json();

    assertThat(ada.get("comparisons").get(0).toString())
        .isEqualTo(
            "{\"round\":1,\"task_index\":258,\"network\":\"1.2.0.0/16\",\"agreed\":true,"
                + "\"differing\":5,\"answering\":80,\"compared_at\":\"1970-01-01T00:00:01.000Z\"}");
    assertThat(gateway.get(CENSUS + "/contributors/nobody").status()).isEqualTo(404);
    assertThat(gateway.get(CENSUS + "/contributors/" + "x".repeat(129)).status()).isEqualTo(404);
  }

  @Test
  void givenAKey_whenMeIsAskedFor_thenItIsWhoeverHasTheKey() {
    ASKED.clear();

    assertThat(
            gateway
                .send("main", "GET", CENSUS + "/contributors/me", null, "Contributor-Key", "k")
                .status())
        .isEqualTo(200);

    assertThat(ASKED).containsExactly(new GetContributorRequest(null, "k"));
  }

  @Test
  void givenAKey_whenListingAndTeamAreChanged_thenTheCoordinatorHearsOfBoth() {
    ASKED.clear();
    Reply reply =
        gateway.send(
            "main",
            "PATCH",
            CENSUS + "/contributors/ada",
            "{\"team\":\"\",\"listed\":false}",
            "Content-Type",
            "application/json",
            "Contributor-Key",
            "k");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(ASKED).containsExactly(new ChangeContributorRequest("ada", "k", "", false));
    assertThat(
            gateway
                .send(
                    "main",
                    "PATCH",
                    CENSUS + "/contributors/ada",
                    "{}",
                    "Content-Type",
                    "application/json")
                .status())
        .isEqualTo(403);
  }

  @Test
  void givenRounds_whenListed_thenTheCurrentOneIsFirst() {
    JsonNode items = gateway.get(CENSUS + "/rounds").json().get("items");

    assertThat(items.get(0).toString())
        .isEqualTo(
            "{\"round\":2,\"started_at\":\"1970-01-01T00:00:01.000Z\",\"ended_at\":null,"
                + "\"total_tasks\":3,\"done_tasks\":0,\"answered_addresses\":0}");
    assertThat(items.get(1).get("ended_at").asText()).isEqualTo("1970-01-01T00:00:01.000Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"current\":2}; 201",
        "{\"current\":1}; 409",
        "{}; 400",
        "{\"current\":0}; 400",
        "{\"current\":\"x\"}; 400"
      })
  void givenABody_whenARoundIsStarted_thenTheStatusIs(String body, int status) {
    assertThat(gateway.post(CENSUS + "/rounds", body).status()).isEqualTo(status);
  }

  @Test
  void givenOptOuts_whenListedAddedAndRemoved_thenEachHasItsAnswer() {
    JsonNode page = gateway.get(CENSUS + "/opt-outs").json();
    assertThat(page.get("next").asText()).isEqualTo("7");
    assertThat(page.get("items").get(0).get("source").asText()).isEqualTo("file");

    Reply added =
        gateway.post(CENSUS + "/opt-outs", "{\"network\":\"192.0.2.0/24\",\"requester\":\"noc\"}");
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.header("location")).isEqualTo(CENSUS + "/opt-outs/8");

    assertThat(gateway.send("main", "DELETE", CENSUS + "/opt-outs/8", null).status())
        .isEqualTo(204);
    for (String id : List.of("9", "0", "x", "-1")) {
      assertThat(gateway.send("main", "DELETE", CENSUS + "/opt-outs/" + id, null).status())
          .isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"network\":\"192.0.2.0/24\"}",
        "{\"network\":\"192.0.2.0/24\",\"requester\":\"a\\nb\"}",
        "{\"network\":\"192.0.2.0/24 or something longer\",\"requester\":\"a\"}",
        "{\"network\":\"192.0.2.0/24\",\"requester\":\"a\",\"surprise\":1}"
      })
  void givenABadOptOut_whenItIsEntered_thenItIsRefused(String body) {
    assertThat(gateway.post(CENSUS + "/opt-outs", body).status()).isEqualTo(400);
  }

  @Test
  void givenAnAddress_whenLookedUp_thenEachRoundIsTold() {
    JsonNode reply = gateway.get(CENSUS + "/addresses/1.2.3.4").json();

    assertThat(reply.get("network").asText()).isEqualTo("1.2.3.4/32");
    assertThat(reply.get("name").asText()).isEqualTo("APNIC");
    assertThat(reply.get("task").toString())
        .isEqualTo(
            "{\"status\":\"done\",\"share\":null,\"contributor\":\"ada <script>\","
                + "\"updated_at\":\"1970-01-01T00:00:02.000Z\"}");
    assertThat(reply.get("rounds").get(0).toString())
        .isEqualTo(
            "{\"round\":2,\"pinged_at\":\"1970-01-01T00:00:01.000Z\",\"pinged\":1,\"answered\":1,"
                + "\"rtt_ms\":0.99,\"contributors\":2}");
    assertThat(reply.get("rounds").get(1).get("rtt_ms").isNull()).isTrue();
    assertThat(gateway.get(CENSUS + "/addresses/1.2.3.0/24").json().get("network").asText())
        .isEqualTo("1.2.3.4/24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3",
        "1.2.3.256",
        "::1",
        "name",
        "1.2.3.4/7",
        "1.2.3.4/33",
        "1.2.3.4/x",
        "::ffff:192.0.2.1"
      })
  void givenSomethingElse_whenLookedUp_thenItIsRefused(String address) {
    assertThat(gateway.get(CENSUS + "/addresses/" + address).status()).isEqualTo(400);
  }
}
