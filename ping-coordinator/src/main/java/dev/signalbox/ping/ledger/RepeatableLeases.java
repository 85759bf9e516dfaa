package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyLeased;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyNames;
import dev.signalbox.contracts.ping.LeaseTasksReply.WrongKey;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.platform.json.Json;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.IdempotencyLog.Answer;
import dev.signalbox.storage.Session;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Leases by idempotency key: the same key and request gets the lease it got before, as it was then,
 * whatever has become of it since.
 *
 * <p>Storage must not give a lease's token away. So the key is kept as its SHA-256, and the reply
 * with its token masked by the key: only a client that sends the key again gets the token.
 */
final class RepeatableLeases {

  /** Of the JSON of up to 64 tasks each; more than one key for each task of a census a day. */
  private static final int MAX_KEYS = 100_000;

  private static final String SCOPE = PingContract.LEASE_TASKS.address();

  private final Leases leases;
  private final IdempotencyLog log;

  /**
   * @param clock the time of day, by which keys are forgotten
   */
  RepeatableLeases(Leases leases, InstantSource clock) {
    this.leases = leases;
    this.log = new IdempotencyLog(IdempotencyLog.A_DAY, MAX_KEYS, clock);
  }

  LeaseTasksReply lease(Session session, LeaseTasksRequest request) {
    String key = request.idempotencyKey();
    return key == null ? leases.lease(session, request) : lease(session, request, key);
  }

  private LeaseTasksReply lease(Session session, LeaseTasksRequest request, String key) {
    String name = nameOf(key);
    return switch (log.claim(session, SCOPE, name, content(request))) {
      case Answer.Mismatch mismatch -> throw mismatch.exception();
      case Answer.Seen seen -> masked(seen.read(Kept.class).lease(), key, true);
      case Answer.Unseen() -> {
        LeaseTasksReply reply = leases.lease(session, request);
        switch (reply) {
          case Leased leased ->
              log.answer(session, SCOPE, name, Json.text(new Kept(masked(leased, key, false))));
          // The worker is asked to try again later, and may do so with the same key.
          case NoneAvailable _, TooManyLeased _, TooManyNames _, WrongKey _ ->
              log.release(session, SCOPE, name);
        }
        yield reply;
      }
    };
  }

  /** A reply as it is kept; its token is masked. */
  record Kept(Leased lease) {}

  private static Leased masked(Leased lease, String secret, boolean replayed) {
    return new Leased(
        lease.leaseId(),
        LeaseToken.masked(lease.token(), lease.leaseId(), secret),
        lease.expiresAtEpochMs(),
        lease.tasks(),
        lease.maxRatePps(),
        replayed,
        key(lease, secret));
  }

  private static @Nullable String key(Leased lease, String secret) {
    String key = lease.contributorKey();
    return key == null ? null : LeaseToken.masked(key, lease.leaseId() + "/contributor", secret);
  }

  private static byte[] content(LeaseTasksRequest request) {
    return Json.bytes(
        Arrays.asList(
            request.worker(),
            request.contributor(),
            request.team(),
            request.count(),
            request.order()));
  }

  private static String nameOf(String key) {
    return HexFormat.of().formatHex(Sha256.of(key));
  }
}
