package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import java.time.Duration;

/**
 * Operations of ping-coordinator. A task is one /16 of IPv4: index {@code i} is {@code i/256 .
 * i%256 .0.0/16}.
 */
public final class PingContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "ping-coordinator";

  /**
   * Leases tasks to a worker. Not repeatable: without an idempotency key a second try leases more.
   */
  public static final Operation<LeaseTasksRequest, LeaseTasksReply> LEASE_TASKS =
      once("ping.lease-tasks", LeaseTasksRequest.class, LeaseTasksReply.class);

  /** Prolongs a lease. */
  public static final Operation<RenewLeaseRequest, RenewLeaseReply> RENEW_LEASE =
      repeatable("ping.renew-lease", RenewLeaseRequest.class, RenewLeaseReply.class);

  /** Gives the unfinished tasks of a lease back. */
  public static final Operation<ReleaseLeaseRequest, ReleaseLeaseReply> RELEASE_LEASE =
      repeatable("ping.release-lease", ReleaseLeaseRequest.class, ReleaseLeaseReply.class);

  /** Stores a task's result; repeating equal bytes changes nothing. */
  public static final Operation<SubmitResultRequest, SubmitResultReply> SUBMIT_RESULT =
      repeatable("ping.submit-result", SubmitResultRequest.class, SubmitResultReply.class);

  /** Adds a task after the highest. */
  public static final Operation<AddTaskRequest, TaskRow> ADD_TASK =
      once("ping.add-task", AddTaskRequest.class, TaskRow.class);

  /** One task; NOT_FOUND when there is none of that index. */
  public static final Operation<GetTaskRequest, TaskRow> GET_TASK =
      repeatable("ping.get-task", GetTaskRequest.class, TaskRow.class);

  /** The highest available task, without claiming it. */
  public static final Operation<LatestTaskRequest, LatestTaskReply> LATEST_TASK =
      repeatable("ping.latest-task", LatestTaskRequest.class, LatestTaskReply.class);

  /** A page of tasks in the order of their indices. */
  public static final Operation<ListTasksRequest, ListTasksReply> LIST_TASKS =
      repeatable("ping.list-tasks", ListTasksRequest.class, ListTasksReply.class);

  /** Every task in progress, by index alone: what clients poll. */
  public static final Operation<ListInProgressRequest, ListInProgressReply> LIST_IN_PROGRESS =
      repeatable("ping.list-in-progress", ListInProgressRequest.class, ListInProgressReply.class);

  /** Sets a task's status by hand. */
  public static final Operation<ReviseTaskRequest, ReviseTaskReply> REVISE_TASK =
      repeatable("ping.revise-task", ReviseTaskRequest.class, ReviseTaskReply.class);

  /** Errors noted and not yet cleared, oldest first. */
  public static final Operation<ListErrorsRequest, ListErrorsReply> LIST_ERRORS =
      repeatable("ping.list-errors", ListErrorsRequest.class, ListErrorsReply.class);

  /** Clears errors; statuses stay. */
  public static final Operation<ClearErrorsRequest, ClearErrorsReply> CLEAR_ERRORS =
      repeatable("ping.clear-errors", ClearErrorsRequest.class, ClearErrorsReply.class);

  /** How far the census is. */
  public static final Operation<GetProgressRequest, GetProgressReply> GET_PROGRESS =
      repeatable("ping.get-progress", GetProgressRequest.class, GetProgressReply.class);

  /** A result as stored. */
  public static final Operation<ReadResultRequest, ReadResultReply> READ_RESULT =
      repeatable("ping.read-result", ReadResultRequest.class, ReadResultReply.class);

  /** The leaderboard. */
  public static final Operation<ListContributorsRequest, ListContributorsReply> LIST_CONTRIBUTORS =
      repeatable(
          "ping.list-contributors", ListContributorsRequest.class, ListContributorsReply.class);

  /** One contributor and what their standing rests on. */
  public static final Operation<GetContributorRequest, GetContributorReply> GET_CONTRIBUTOR =
      repeatable("ping.get-contributor", GetContributorRequest.class, GetContributorReply.class);

  /** Changes what a contributor says of themself. */
  public static final Operation<ChangeContributorRequest, GetContributorReply> CHANGE_CONTRIBUTOR =
      repeatable(
          "ping.change-contributor", ChangeContributorRequest.class, GetContributorReply.class);

  /** All rounds. */
  public static final Operation<ListRoundsRequest, ListRoundsReply> LIST_ROUNDS =
      repeatable("ping.list-rounds", ListRoundsRequest.class, ListRoundsReply.class);

  /** Starts the next round; a second try finds that it has begun. */
  public static final Operation<StartRoundRequest, StartRoundReply> START_ROUND =
      once("ping.start-round", StartRoundRequest.class, StartRoundReply.class);

  /** Networks that the census leaves out at the request of their operators. */
  public static final Operation<ListOptOutsRequest, ListOptOutsReply> LIST_OPT_OUTS =
      repeatable("ping.list-opt-outs", ListOptOutsRequest.class, ListOptOutsReply.class);

  /** Leaves a network out; entering it again changes nothing. */
  public static final Operation<AddOptOutRequest, OptOut> ADD_OPT_OUT =
      repeatable("ping.add-opt-out", AddOptOutRequest.class, OptOut.class);

  /** Removes an opt-out. */
  public static final Operation<RemoveOptOutRequest, RemoveOptOutReply> REMOVE_OPT_OUT =
      once("ping.remove-opt-out", RemoveOptOutRequest.class, RemoveOptOutReply.class);

  /** What is known of an address or network. */
  public static final Operation<LookUpRequest, LookUpReply> LOOK_UP =
      repeatable("ping.look-up", LookUpRequest.class, LookUpReply.class);

  /** How many addresses of each block answered in a round. */
  public static final Operation<SummariseRoundRequest, SummariseRoundReply> SUMMARISE_ROUND =
      repeatable("ping.summarise-round", SummariseRoundRequest.class, SummariseRoundReply.class);

  /** The results of neighbouring blocks. */
  public static final Operation<ReadBlocksRequest, ReadBlocksReply> READ_BLOCKS =
      repeatable("ping.read-blocks", ReadBlocksRequest.class, ReadBlocksReply.class);

  /** What changed between two rounds. */
  public static final Operation<CompareRoundsRequest, CompareRoundsReply> COMPARE_ROUNDS =
      repeatable("ping.compare-rounds", CompareRoundsRequest.class, CompareRoundsReply.class);

  /** A tile of the map, or that the caller's is still the newest. */
  public static final Operation<MapTileRequest, MapTileReply> MAP_TILE =
      repeatable("ping.map-tile", MapTileRequest.class, MapTileReply.class);

  /** The names on the map. */
  public static final Operation<ListMapLabelsRequest, ListMapLabelsReply> LIST_MAP_LABELS =
      repeatable("ping.list-map-labels", ListMapLabelsRequest.class, ListMapLabelsReply.class);

  /** The map as a poster; OVERLOADED while another is drawn. */
  public static final Operation<MapPosterRequest, MapPosterReply> MAP_POSTER =
      Operation.repeatable(
              "ping.map-poster",
              MapPosterRequest.class,
              MapPosterReply.class,
              Duration.ofSeconds(60))
          .servedBy(SERVICE);

  /** Tasks changed; of a task that changes often the event has the latest state. */
  public static final EventType<CensusChanged> CHANGED =
      new EventType<>("ping.census.changed", CensusChanged.class);

  private PingContract() {}

  private static <Q, R> Operation<Q, R> repeatable(String address, Class<Q> q, Class<R> r) {
    return Operation.repeatable(address, q, r, Duration.ofSeconds(10)).servedBy(SERVICE);
  }

  private static <Q, R> Operation<Q, R> once(String address, Class<Q> q, Class<R> r) {
    return Operation.once(address, q, r, Duration.ofSeconds(10)).servedBy(SERVICE);
  }
}
