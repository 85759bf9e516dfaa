package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListInProgressReply;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CensusTest {

  private static final List<SubmitResultRequest> SUBMITTED = new CopyOnWriteArrayList<>();
  private static final List<LeaseTasksRequest> LEASED = new CopyOnWriteArrayList<>();
  private static final List<ClearErrorsRequest> CLEARED = new CopyOnWriteArrayList<>();
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(List.of(FakeService.named("ping-coordinator", CensusTest::serve)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void serve(ServiceEndpoint endpoint) {
    endpoint
        .serve(
            PingContract.LEASE_TASKS,
            (request, call) -> {
              if ("mismatch".equals(request.idempotencyKey())) {
                return Future.failedFuture(
                    new ServiceException(ErrorCode.IDEMPOTENCY_MISMATCH, "another request"));
              }
              LEASED.add(request);
              LeaseTasksReply refusal =
                  switch (request.worker()) {
                    case "too-many" -> new LeaseTasksReply.TooManyLeased(4);
                    case "too-many-names" -> new LeaseTasksReply.TooManyNames(10);
                    case "wrong-key" -> new LeaseTasksReply.WrongKey();
                    default -> null;
                  };
              if (refusal != null) {
                return Future.succeededFuture(refusal);
              }
              return Future.succeededFuture(
                  "nobody".equals(request.worker())
                      ? new LeaseTasksReply.NoneAvailable()
                      : new LeaseTasksReply.Leased(
                          "lease-1",
                          "token-1",
                          1_000,
                          List.of(
                              new LeaseTasksReply.LeasedTask(
                                  258, "1.2.0.0/16", List.of("1.2.3.0/24"))),
                          500,
                          "used".equals(request.idempotencyKey()),
                          "ada".equals(request.contributor()) ? "key-1" : null));
            })
        .serve(
            PingContract.RENEW_LEASE,
            (request, call) ->
                Future.succeededFuture(
                    request.leaseId().equals("lease-1")
                        ? new RenewLeaseReply.Renewed(
                            2_000,
                            List.of(
                                new LeaseTasksReply.LeasedTask(
                                    258, "1.2.0.0/16", List.of("1.2.4.0/24"))))
                        : new RenewLeaseReply.Lost()))
        .serve(
            PingContract.RELEASE_LEASE,
            (request, call) ->
                Future.succeededFuture(
                    new ReleaseLeaseReply(request.leaseId().equals("lease-1") ? 3 : 0)))
        .serve(PingContract.SUBMIT_RESULT, (request, call) -> submitted(request))
        .serve(
            PingContract.ADD_TASK,
            (request, call) ->
                Future.succeededFuture(new TaskRow(9, request.status(), null, null, null, 0, null)))
        .serve(
            PingContract.GET_TASK,
            (request, call) ->
                request.index() == 17
                    ? Future.succeededFuture(row(17))
                    : Future.failedFuture(
                        new ServiceException(ErrorCode.NOT_FOUND, "Index not found")))
        .serve(
            PingContract.LATEST_TASK,
            (request, call) -> Future.succeededFuture(new LatestTaskReply(65_535)))
        .serve(
            PingContract.LIST_TASKS,
            (request, call) ->
                Future.succeededFuture(
                    request.after() < 17
                        ? new ListTasksReply(List.of(row(17)), true)
                        : new ListTasksReply(List.of(row(18)), false)))
        .serve(
            PingContract.LIST_IN_PROGRESS,
            (request, call) ->
                Future.succeededFuture(
                    ListInProgressReply.of(BitSet.valueOf(new long[] {3L << 17}))))
        .serve(
            PingContract.REVISE_TASK, (request, call) -> Future.succeededFuture(revised(request)))
        .serve(
            PingContract.LIST_ERRORS,
            (request, call) ->
                Future.succeededFuture(
                    new ListErrorsReply(
                        List.of(new TaskFault(4, 3, "length:5", TaskStatus.ERROR, 0)), false)))
        .serve(
            PingContract.CLEAR_ERRORS,
            (request, call) -> {
              CLEARED.add(request);
              return Future.succeededFuture(new ClearErrorsReply(1));
            })
        .serve(
            PingContract.GET_PROGRESS,
            (request, call) ->
                Future.succeededFuture(
                    new GetProgressReply(65_536, 65_000, 2, 500, 1, 77, 5, 60, 3_600_000, 1, 4)))
        .serve(
            PingContract.READ_RESULT,
            (request, call) -> {
              if (request.index() != 258) {
                return Future.succeededFuture(new ReadResultReply.Missing());
              }
              byte[] bitmap = new byte[8_192];
              bitmap[0] = (byte) 0x80;
              bitmap[8_191] = 1;
              return Future.succeededFuture(new ReadResultReply.Stored(new Binary(bitmap), null));
            });
  }

  private static TaskRow row(int index) {
    return new TaskRow(index, TaskStatus.IN_PROGRESS, "w", 1_000L, null, 0, 0.5);
  }

  private static Future<SubmitResultReply> submitted(SubmitResultRequest request) {
    SUBMITTED.add(request);
    SubmitResultReply reply =
        switch ((int) request.taskIndex()) {
          case 1 -> new SubmitResultReply.Accepted(false, 12);
          case 2 -> new SubmitResultReply.AlreadyDone();
          case 3 -> new SubmitResultReply.Invalid("length:" + request.data().length());
          case 4 -> new SubmitResultReply.NoLease();
          default -> new SubmitResultReply.UnknownTask();
        };
    return Future.succeededFuture(reply);
  }

  private static ReviseTaskReply revised(ReviseTaskRequest request) {
    return switch (request.index()) {
      case 17 ->
          request.force() ? new ReviseTaskReply.Revised(row(17)) : new ReviseTaskReply.Working();
      case 18 -> new ReviseTaskReply.Revised(row(18));
      default -> new ReviseTaskReply.UnknownTask();
    };
  }

  @Test
  void getTaskLeasesTheLowest() {
    Reply reply = gateway.get("/get_task");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body())
        .isEqualTo(
            "{\"task_index\":258,\"task_status\":1,\"lease_token\":\"token-1\",\"expires_at\":"
                + "\"1970-01-01T00:00:01.000Z\",\"network\":\"1.2.0.0/16\"}");
    assertThat(LEASED.getLast().order()).isEqualTo(LeaseTasksRequest.Order.LOWEST);
  }

  @Test
  void everyFormOfAClassicSubmitIsUnderstood() {
    for (String body :
        List.of(
            "{\"task_index\":1,\"result\":{\"success\":true,\"result_data\":\"01\"}}",
            "{\"task_index\":\"1\",\"result\":\"01\"}",
            "{\"task_index\":1,\"result_data\":\"01\"}")) {
      assertThat(gateway.post("/submit_result", body).body()).isEqualTo("{\"success\":true}");
      assertThat(new String(SUBMITTED.getLast().data().bytes(), StandardCharsets.UTF_8))
          .isEqualTo("01");
      assertThat(SUBMITTED.getLast().leaseToken()).isNull();
    }
  }

  @Test
  void whatBecomesOfAWrongSubmitIsSaid() {
    assertThat(gateway.post("/submit_result", "{\"task_index\":3,\"result\":\"01010\"}").body())
        .isEqualTo("{\"success\":false,\"error\":{\"task_index\":3,\"error\":\"length:5\"}}");
    assertThat(gateway.post("/submit_result", "{\"task_index\":70000,\"result\":\"0\"}").body())
        .contains("\"success\":false", "Index of 70000 not found");
    assertThat(gateway.post("/submit_result", "{\"task_index\":2,\"result\":\"0\"}").body())
        .contains("\"success\":false", "already done");
    assertThat(
            gateway
                .post("/submit_result", "{\"task_index\":3,\"result\":{\"success\":false}}")
                .body())
        .contains("length:0");
    assertThat(gateway.post("/submit_result", "{\"task_index\":\"x\"}").status()).isEqualTo(400);
    assertThat(gateway.post("/submit_result", "{").status()).isEqualTo(400);
  }

  @Test
  void aTaskIsAddedWithStatus0Or1() {
    assertThat(gateway.post("/add_task", "{\"task_status\":1}").body())
        .isEqualTo("{\"success\":true,\"task_index\":9}");
    assertThat(gateway.post("/add_task", "{\"task_status\":2}").status()).isEqualTo(400);
  }

  @Test
  void theClassicListsAreWhole() {
    assertThat(gateway.get("/error").body())
        .isEqualTo("[{\"task_index\":3,\"error\":\"length:5\"}]");
    assertThat(gateway.get("/get_pending").body()).isEqualTo("{\"17\":1,\"18\":1}");
    assertThat(gateway.get("/get_latest_task").body())
        .isEqualTo("{\"task_index\":65535,\"task_status\":0}");
    assertThat(gateway.get("/get_progress").body())
        .isEqualTo(
            "{\"progress\":0.7629,\"done_tasks\":500,\"total_tasks\":65536,\"errors\":["
                + "{\"task_index\":3,\"error\":\"length:5\"}],\"pending\":{\"17\":1,\"18\":1}}");
    assertThat(gateway.get("/ping").body()).isEqualTo("{}");
  }

  @Test
  void aRevisionNeedsForceForATaskInProgress() {
    assertThat(gateway.get("/revise?id=18&code=2").body()).isEqualTo("{\"success\":true}");
    assertThat(gateway.get("/revise?id=17&code=2").body())
        .isEqualTo("{\"success\":false,\"error\":\"The task is working\"}");
    assertThat(gateway.get("/revise?id=17&code=2&force=1").body()).isEqualTo("{\"success\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/revise",
        "/revise?id=18",
        "/revise?id=18&code=4",
        "/revise?id=18&code=-1",
        "/revise?id=-1&code=1",
        "/revise?id=x&code=1",
        "/revise?id=99999999999&code=1",
        "/revise?id=70000&code=1",
        "/error/reset",
        "/error/reset?id=x",
        "/error/reset?id=-2"
      })
  void whatCannotBeDoneIsSaidWith200(String path) {
    Reply reply = gateway.get(path);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("success").asBoolean()).isFalse();
    assertThat(reply.json().get("error").asText()).isNotEmpty();
  }

  @Test
  void errorsAreResetOneOrAll() {
    assertThat(gateway.get("/error/reset?id=3").body()).isEqualTo("{\"success\":true}");
    assertThat(CLEARED.getLast().taskIndex()).isEqualTo(3);
    assertThat(gateway.get("/error/reset?id=-1").body()).isEqualTo("{\"success\":true}");
    assertThat(CLEARED.getLast().taskIndex()).isNull();
  }

  @Test
  void aLeaseOfTheNewApiHasIdTokenAndTasks() {
    Reply reply =
        gateway.post("/api/v1/census/leases", "{\"worker\":\"w\",\"team\":\"t\",\"count\":2}");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("location")).isEqualTo("/api/v1/census/leases/lease-1");
    assertThat(reply.json().get("tasks").get(0).toString())
        .isEqualTo("{\"task_index\":258,\"network\":\"1.2.0.0/16\",\"exclude\":[\"1.2.3.0/24\"]}");
    assertThat(LEASED.getLast().order()).isEqualTo(LeaseTasksRequest.Order.SPREAD);
    assertThat(gateway.post("/api/v1/census/leases", "{\"worker\":\"nobody\"}").status())
        .isEqualTo(404);
    assertThat(gateway.post("/api/v1/census/leases", "{\"worker\":\"w\",\"count\":65}").status())
        .isEqualTo(400);
  }

  private static Reply leaseWithKeys(String... keys) {
    return gateway.postWithKeys("/api/v1/census/leases", "{\"worker\":\"w\"}", keys);
  }

  @Test
  void aLeasePassesItsIdempotencyKey() {
    Reply reply = leaseWithKeys("new");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("idempotency-replayed")).isEmpty();
    assertThat(LEASED.getLast().idempotencyKey()).isEqualTo("new");
  }

  @Test
  void aReplayedLeaseSaysSo() {
    Reply reply = leaseWithKeys("used");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("idempotency-replayed")).isEqualTo("true");
    assertThat(reply.json().get("token").asText()).isEqualTo("token-1");
    assertThat(reply.json().has("replayed")).isFalse();
  }

  @Test
  void anotherLeaseUnderTheSameKeyIs422() {
    Reply reply = leaseWithKeys("mismatch");

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.json().get("code").asText()).isEqualTo("IDEMPOTENCY_MISMATCH");
  }

  @Test
  void theClassicLeaseTakesNoIdempotencyKey() {
    gateway.send("main", "GET", "/get_task", null, "Idempotency-Key", "k");

    assertThat(LEASED.getLast().idempotencyKey()).isNull();
  }

  @Test
  void givenANewContributor_whenALeaseIsTaken_thenItTellsTheKey() {
    Reply reply =
        gateway.send(
            "main",
            "POST",
            "/api/v1/census/leases",
            "{\"worker\":\"w\",\"contributor\":\"ada\",\"listed\":true}",
            "Content-Type",
            "application/json",
            "Contributor-Key",
            " key-0 ");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("contributor_key").asText()).isEqualTo("key-1");
    assertThat(LEASED.getLast().contributorKey()).isEqualTo("key-0");
    assertThat(LEASED.getLast().listed()).isTrue();
    assertThat(LEASED.getLast().client()).isEqualTo("127.0.0.1");
    assertThat(
            gateway
                .post("/api/v1/census/leases", "{\"worker\":\"w\"}")
                .json()
                .has("contributor_key"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "too-many, 429, TOO_MANY_LEASED, 30",
    "too-many-names, 429, TOO_MANY_CONTRIBUTORS, 3600",
    "wrong-key, 403, CONTRIBUTOR_KEY,"
  })
  void givenALeaseThatCannotBe_whenItIsAskedFor_thenTheReasonIsTold(
      String worker, int status, String code, @Nullable String retryAfter) {
    Reply reply = gateway.post("/api/v1/census/leases", "{\"worker\":\"" + worker + "\"}");

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().get("code").asText()).isEqualTo(code);
    assertThat(reply.header("retry-after")).isEqualTo(retryAfter == null ? "" : retryAfter);
  }

  @Test
  void givenAnUnknownLease_whenItIsReleased_thenItIsNotFound() {
    assertThat(gateway.send("main", "DELETE", "/api/v1/census/leases/other", null).status())
        .isEqualTo(404);
  }

  @Test
  void aLeaseIsRenewedLostOrReleased() {
    assertThat(
            gateway
                .post("/api/v1/census/leases/lease-1/heartbeat", "{\"done\":{\"258\":0.5}}")
                .body())
        .isEqualTo(
            "{\"lease_id\":\"lease-1\",\"expires_at\":\"1970-01-01T00:00:02.000Z\",\"tasks\":"
                + "[{\"task_index\":258,\"network\":\"1.2.0.0/16\",\"exclude\":[\"1.2.4.0/24\"]}]}");
    assertThat(gateway.post("/api/v1/census/leases/other/heartbeat", "{}").status()).isEqualTo(409);
    assertThat(
            gateway
                .post("/api/v1/census/leases/lease-1/heartbeat", "{\"done\":{\"x\":2}}")
                .status())
        .isEqualTo(400);
    assertThat(gateway.send("main", "DELETE", "/api/v1/census/leases/lease-1", null).body())
        .isEqualTo("{\"released\":3}");
  }

  private static Reply put(int index, byte[] body, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Lease-Token";
    all[1] = "token-1";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return gateway.sendBytes("main", "PUT", "/api/v1/census/tasks/" + index + "/result", body, all);
  }

  @Test
  void aResultComesAsBitmapTimesOrJsonPlainOrCompressed() throws IOException {
    byte[] bitmap = new byte[8_192];
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(bitmap);
    }
    String octets = "application/octet-stream";

    assertThat(put(1, bitmap, "Content-Type", octets).body())
        .isEqualTo("{\"task_index\":1,\"repeated\":false,\"answered\":12}");
    assertThat(SUBMITTED.getLast().format()).isEqualTo(SubmitResultRequest.Format.BITMAP);
    assertThat(SUBMITTED.getLast().coding()).isNull();
    assertThat(SUBMITTED.getLast().client()).isEqualTo("127.0.0.1");
    assertThat(SUBMITTED.getLast().leaseToken()).isEqualTo("token-1");

    put(1, new byte[65_536], "Content-Type", octets);
    assertThat(SUBMITTED.getLast().data().length()).isEqualTo(65_536);

    put(1, gzip.toByteArray(), "Content-Type", octets, "Content-Encoding", "gzip");
    assertThat(SUBMITTED.getLast().data().length()).isEqualTo(8_192);

    byte[] frame = Zstd.compress(bitmap);
    put(1, frame, "Content-Type", octets, "Content-Encoding", "zstd");
    assertThat(SUBMITTED.getLast().data().bytes()).isEqualTo(frame);
    assertThat(SUBMITTED.getLast().coding()).isEqualTo(SubmitResultRequest.Coding.ZSTD);

    String json = "{\"result_data\":\"" + "01".repeat(32_768) + "\"}";
    put(1, json.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
    assertThat(SUBMITTED.getLast().format()).isEqualTo(SubmitResultRequest.Format.TEXT);
    assertThat(SUBMITTED.getLast().data().length()).isEqualTo(65_536);
  }

  @Test
  void aResultThatCannotBeTakenHasTheStatusOfTheReason() {
    String octets = "application/octet-stream";
    byte[] bitmap = new byte[8_192];

    assertThat(put(2, bitmap, "Content-Type", octets).status()).isEqualTo(409);
    assertThat(put(3, new byte[5], "Content-Type", octets).status()).isEqualTo(400);
    assertThat(put(4, bitmap, "Content-Type", octets).status()).isEqualTo(409);
    assertThat(put(5, bitmap, "Content-Type", octets).status()).isEqualTo(404);
    assertThat(put(1, bitmap, "Content-Type", "text/plain").status()).isEqualTo(415);
    assertThat(put(1, bitmap, "Content-Type", octets, "Content-Encoding", "br").status())
        .isEqualTo(415);
    assertThat(put(1, bitmap, "Content-Type", octets, "Content-Encoding", "gzip").status())
        .isEqualTo(400);
    assertThat(
            put(
                    1,
                    Zstd.compress(new byte[50_000_000]),
                    "Content-Type",
                    "application/json",
                    "Content-Encoding",
                    "zstd")
                .status())
        .isEqualTo(413);
    assertThat(
            gateway
                .sendBytes(
                    "main", "PUT", "/api/v1/census/tasks/1/result", bitmap, "Content-Type", octets)
                .status())
        .isEqualTo(409);
    assertThat(
            gateway
                .sendBytes(
                    "main",
                    "PUT",
                    "/api/v1/census/tasks/-1/result",
                    bitmap,
                    "Lease-Token",
                    "t",
                    "Content-Type",
                    octets)
                .status())
        .isEqualTo(400);
  }

  @Test
  void tasksAreListedReadAndRevised() {
    assertThat(gateway.get("/api/v1/census/tasks?status=in_progress&limit=1").body())
        .isEqualTo(
            "{\"items\":[{\"task_index\":17,\"network\":\"0.17.0.0/16\",\"status\":\"in_progress\","
                + "\"task_status\":1,\"worker\":\"w\",\"expires_at\":\"1970-01-01T00:00:01.000Z\","
                + "\"share\":0.5,\"answered\":null,\"updated_at\":\"1970-01-01T00:00:00.000Z\"}],\"next\":\"17\"}");
    assertThat(gateway.get("/api/v1/census/tasks?status=7").status()).isEqualTo(400);
    assertThat(gateway.get("/api/v1/census/tasks/17").json().get("task_index").asInt())
        .isEqualTo(17);
    assertThat(gateway.get("/api/v1/census/tasks/18").status()).isEqualTo(404);
    assertThat(patch(17, "{\"status\":\"done\"}").status()).isEqualTo(409);
    assertThat(patch(17, "{\"status\":\"done\",\"force\":true}").status()).isEqualTo(200);
    assertThat(patch(19, "{\"status\":\"done\"}").status()).isEqualTo(404);
    assertThat(patch(17, "{\"status\":\"gone\"}").status()).isEqualTo(400);
    assertThat(patch(17, "{}").status()).isEqualTo(400);
  }

  private static Reply patch(int index, String body) {
    return gateway.send(
        "main", "PATCH", "/api/v1/census/tasks/" + index, body, "Content-Type", "application/json");
  }

  @Test
  void aResultIsReadAsBytesJsonOrCsv() {
    String path = "/api/v1/census/tasks/258/result";

    assertThat(gateway.get(path).http().body()).hasSize(8_192);
    assertThat(gateway.send("main", "GET", path, null, "Accept", "application/json").body())
        .isEqualTo(
            "{\"task_index\":258,\"network\":\"1.2.0.0/16\",\"answered\":2,\"addresses\":"
                + "[\"1.2.0.0\",\"1.2.255.255\"]}");
    assertThat(gateway.get(path + "?format=csv").body())
        .isEqualTo("address\r\n1.2.0.0\r\n1.2.255.255\r\n");
    assertThat(gateway.get(path + "?format=rtt").status()).isEqualTo(404);
    assertThat(gateway.get(path + "?format=png").status()).isEqualTo(400);
    assertThat(gateway.get("/api/v1/census/tasks/1/result").status()).isEqualTo(404);
  }

  @Test
  void errorsAreListedAndCleared() {
    assertThat(gateway.get("/api/v1/census/errors").json().get("items").get(0).toString())
        .isEqualTo(
            "{\"id\":4,\"task_index\":3,\"error\":\"length:5\",\"status\":\"error\","
                + "\"at\":\"1970-01-01T00:00:00.000Z\"}");
    assertThat(gateway.send("main", "DELETE", "/api/v1/census/errors/3", null).body())
        .isEqualTo("{\"cleared\":1}");
    assertThat(CLEARED.getLast().taskIndex()).isEqualTo(3);
    gateway.send("main", "DELETE", "/api/v1/census/errors", null);
    assertThat(CLEARED.getLast().taskIndex()).isNull();
  }

  @Test
  void progressHasCountsPaceAndEta() {
    assertThat(gateway.get("/api/v1/census/progress").body())
        .isEqualTo(
            "{\"progress\":0.7629,\"total_tasks\":65536,\"available_tasks\":65000,"
                + "\"in_progress_tasks\":2,\"done_tasks\":500,\"error_tasks\":1,"
                + "\"answered_addresses\":77,\"done_last_minute\":5,\"done_last_hour\":60,"
                + "\"eta_s\":3902160,\"round\":1,\"checks\":4}");
  }
}
