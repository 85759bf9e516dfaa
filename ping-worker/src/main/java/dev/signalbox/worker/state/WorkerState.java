package dev.signalbox.worker.state;

import dev.signalbox.worker.ping.PingTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker goes on with after a start.
 *
 * @param leases leases with tasks whose results are not yet with the site
 * @param request a request for a lease whose answer has not come; null for none
 * @param givenUp blocks that cannot be pinged from here, the oldest first
 */
public record WorkerState(
    List<LeaseState> leases, @Nullable LeaseRequest request, List<GivenUpBlock> givenUp) {

  /** The state of a worker that has not begun. */
  public static final WorkerState EMPTY = new WorkerState(List.of(), null, List.of());

  public WorkerState {
    leases = List.copyOf(leases);
    givenUp = givenUp == null ? List.of() : List.copyOf(givenUp); // older files have none
  }

  /**
   * A block that cannot be pinged from here.
   *
   * @param index task index
   * @param at when it was given up, RFC 3339
   */
  public record GivenUpBlock(int index, String at) {}

  /**
   * A lease.
   *
   * @param id id of the lease
   * @param token what its results are submitted with
   * @param expiresAt end without a further heartbeat, RFC 3339
   * @param maxRatePps packets a second that the site allows
   * @param tasks its tasks that are not yet submitted
   */
  public record LeaseState(
      String id, String token, String expiresAt, int maxRatePps, List<PingTask.Snapshot> tasks) {

    public LeaseState {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * A request for a lease. Sent again with the same key it has the same answer, so that a kill
   * between request and answer leaves no leased tasks without a worker.
   *
   * @param idempotencyKey key of the request
   * @param body its body, JSON
   */
  public record LeaseRequest(String idempotencyKey, String body) {}
}
