package dev.signalbox.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetProgressRequest;
import dev.signalbox.contracts.ping.GetTaskRequest;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.LatestTaskRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply.Lost;
import dev.signalbox.contracts.ping.RenewLeaseReply.Renewed;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply.Working;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole service on a real node. */
class PingEndpointTest {

  @TempDir Path data;

  private TestNode node;

  @BeforeEach
  void start() {
    node =
        TestNode.start(
            PingMain.SERVICE,
            Map.of(
                "platform.data", data.toString(),
                "ping.include-special-purpose", "true",
                "ping.initial-tasks", "3"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void everyOperationIsServed() {
    Leased leased = (Leased) node.call(PingContract.LEASE_TASKS, lease("ada", null, 2));
    assertThat(
            node.call(
                PingContract.RENEW_LEASE, new RenewLeaseRequest(leased.leaseId(), Map.of(1, 0.5))))
        .isInstanceOf(Renewed.class);
    assertThat(
            node.call(
                PingContract.SUBMIT_RESULT,
                new SubmitResultRequest(
                    0, leased.token(), Format.BITMAP, new Binary(new byte[8_192]), null, null)))
        .isEqualTo(new Accepted(false, 0));
    assertThat(node.call(PingContract.READ_RESULT, new ReadResultRequest(0, null)))
        .isEqualTo(new Stored(new Binary(new byte[8_192]), null));
    assertThat(
            node.call(PingContract.REVISE_TASK, new ReviseTaskRequest(1, TaskStatus.DONE, false)))
        .isInstanceOf(Working.class);
    assertThat(node.call(PingContract.GET_TASK, new GetTaskRequest(1)).share()).isEqualTo(0.5);
    assertThat(node.call(PingContract.RELEASE_LEASE, new ReleaseLeaseRequest(leased.leaseId())))
        .isEqualTo(new ReleaseLeaseReply(1));
    assertThat(node.call(PingContract.ADD_TASK, new AddTaskRequest(TaskStatus.AVAILABLE)).index())
        .isEqualTo(3);
    assertThat(node.call(PingContract.LATEST_TASK, new LatestTaskRequest()))
        .isEqualTo(new LatestTaskReply(3));
    assertThat(node.call(PingContract.LIST_TASKS, new ListTasksRequest(null, -1, 100)).tasks())
        .extracting(TaskRow::status)
        .containsExactly(
            TaskStatus.DONE, TaskStatus.AVAILABLE, TaskStatus.AVAILABLE, TaskStatus.AVAILABLE);
    assertThat(node.call(PingContract.LIST_ERRORS, new ListErrorsRequest(0, 100)).errors())
        .isEmpty();
    assertThat(node.call(PingContract.CLEAR_ERRORS, new ClearErrorsRequest(null)))
        .isEqualTo(new ClearErrorsReply(0));
    assertThat(node.call(PingContract.GET_PROGRESS, new GetProgressRequest()))
        .isEqualTo(new GetProgressReply(4, 3, 0, 1, 0, 0, 1, 1, 60_000, 1, 1));
  }

  @Test
  void everythingIsThereAfterARestart() {
    Leased leased = (Leased) node.call(PingContract.LEASE_TASKS, lease("ada", "Ada", 1));
    node.close();
    start();

    assertThat(
            node.call(
                PingContract.SUBMIT_RESULT,
                new SubmitResultRequest(
                    0, leased.token(), Format.RTT, new Binary(new byte[65_536]), null, null)))
        .isEqualTo(new Accepted(false, 0));
  }

  @Test
  void leaseIdsThatCannotBeAreLost() {
    String hostile = "x\u0000' OR 1=1 --" + "y".repeat(100_000);

    assertThat(node.call(PingContract.RENEW_LEASE, new RenewLeaseRequest(hostile, Map.of(0, 1.0))))
        .isInstanceOf(Lost.class);
    assertThat(node.call(PingContract.RELEASE_LEASE, new ReleaseLeaseRequest(hostile)))
        .isEqualTo(new ReleaseLeaseReply(0));
  }

  @Test
  void unknownTaskIsNotFound() {
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> node.call(PingContract.GET_TASK, new GetTaskRequest(3)))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  static Stream<Arguments> wrongRequests() {
    return Stream.of(
        Arguments.of(PingContract.LEASE_TASKS, lease("", null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease(null, null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a\nb", null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a\u0000", null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a\ud800", null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a".repeat(129), null, 1), "/worker"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a", " ", 1), "/contributor"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a", null, 0), "/count"),
        Arguments.of(PingContract.LEASE_TASKS, lease("a", null, 65), "/count"),
        Arguments.of(PingContract.LEASE_TASKS, keyed(""), "/idempotency_key"),
        Arguments.of(PingContract.LEASE_TASKS, keyed("a\nb"), "/idempotency_key"),
        Arguments.of(PingContract.LEASE_TASKS, keyed("k".repeat(256)), "/idempotency_key"),
        Arguments.of(
            PingContract.RENEW_LEASE, new RenewLeaseRequest("a", Map.of(0, 1.5)), "/done/0"),
        Arguments.of(
            PingContract.RENEW_LEASE, new RenewLeaseRequest("a", Map.of(0, Double.NaN)), "/done/0"),
        Arguments.of(
            PingContract.SUBMIT_RESULT,
            new SubmitResultRequest(0, "t".repeat(257), Format.TEXT, Binary.empty(), null, null),
            "/lease_token"),
        Arguments.of(PingContract.ADD_TASK, new AddTaskRequest(TaskStatus.DONE), "/task_status"),
        Arguments.of(PingContract.LIST_TASKS, new ListTasksRequest(null, -1, 0), "/limit"),
        Arguments.of(PingContract.LIST_TASKS, new ListTasksRequest(null, -1, 65_537), "/limit"),
        Arguments.of(PingContract.LIST_ERRORS, new ListErrorsRequest(0, 10_001), "/limit"));
  }

  @ParameterizedTest
  @MethodSource("wrongRequests")
  <Q> void wrongFieldIsNamed(Operation<Q, ?> operation, Q request, String pointer) {
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> node.call(operation, request))
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
          assertThat(e.problems()).extracting(FieldProblem::pointer).containsExactly(pointer);
        });
  }

  private static LeaseTasksRequest keyed(String key) {
    return new LeaseTasksRequest("ada", null, null, 1, Order.LOWEST, key, null, null, "127.0.0.1");
  }

  private static LeaseTasksRequest lease(
      @Nullable String worker, @Nullable String contributor, int count) {
    return new LeaseTasksRequest(
        worker, contributor, null, count, Order.LOWEST, null, null, null, "127.0.0.1");
  }
}
