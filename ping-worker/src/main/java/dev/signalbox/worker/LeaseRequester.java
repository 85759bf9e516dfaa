package dev.signalbox.worker;

import dev.signalbox.worker.CensusWorker.Ending;
import dev.signalbox.worker.CensusWorker.Settings;
import dev.signalbox.worker.HeldLease.HeldTask;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.site.Backoff;
import dev.signalbox.worker.site.Lease;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;
import dev.signalbox.worker.state.StateDirectory;
import dev.signalbox.worker.state.StateException;
import dev.signalbox.worker.state.WorkerState.LeaseRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for leases, under the contributor's key. A request is on disk before it is sent, so that a
 * kill leaves no lease that the worker does not know. Used by one thread.
 */
final class LeaseRequester {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseRequester.class);

  private static final int LONGEST_LEASE = 64;

  /** No site makes a storm, whatever it leases. */
  private static final long BETWEEN_LEASES_MS = 1_000;

  /**
   * How long a lease is kept of which no block can be pinged from here. Given back at once, it
   * would be the next again: sites lease in an order of their own.
   */
  private static final long USELESS_KEPT_MS = TimeUnit.MINUTES.toMillis(5);

  /** After so many such leases one after another there is nothing else to be had for a while. */
  private static final int MOST_USELESS = 16;

  private static final long AFTER_GIVEN_UP_MS = TimeUnit.MINUTES.toMillis(10);

  private static final long LONGEST_AFTER_GIVEN_UP_MS = TimeUnit.HOURS.toMillis(1);

  private final Vertx vertx;
  private final SiteClient site;
  private final StateDirectory directory;
  private final Settings settings;
  private final HeldLeases leases;
  private final Reporter reporter;
  private final SecureRandom random;
  private final Consumer<Ending> end;
  private final Backoff backoff;
  private final Backoff lossBackoff;

  private @Nullable LeaseRequest request;
  private @Nullable String contributorKey;

  /** Whether the request was sent before: its answer may be an old one, which is repeated. */
  private boolean repeated;

  private boolean leasing;
  private boolean leased;
  private boolean listed;
  private boolean welcome;
  private int uselessLeases;
  private long notBeforeMs;

  /**
   * @param end ends the worker, when asking again is no use
   */
  LeaseRequester(
      Vertx vertx,
      SiteClient site,
      StateDirectory directory,
      Settings settings,
      HeldLeases leases,
      Reporter reporter,
      SecureRandom random,
      Consumer<Ending> end) {
    this.vertx = vertx;
    this.site = site;
    this.directory = directory;
    this.settings = settings;
    this.leases = leases;
    this.reporter = reporter;
    this.random = random;
    this.end = end;
    this.backoff = new Backoff(random);
    this.lossBackoff = new Backoff(random);
  }

  /**
   * Goes on with what the last run left.
   *
   * @param asked a request whose answer has not come; null for none
   * @param leased whether there are leases
   */
  void resume(@Nullable LeaseRequest asked, boolean leased) {
    if (settings.contributor() != null) {
      contributorKey = directory.contributorKey(settings.contributor());
    }
    if (asked != null && sameWorker(asked)) {
      request = asked;
      repeated = true; // a kill may have come before or after it was sent
    }
    this.leased = leased;
  }

  /** Whether a request of the last run was made under the names of this one. */
  private boolean sameWorker(LeaseRequest asked) {
    String count = ",\"count\":\\d+";
    String ours =
        SiteClient.leaseBody(settings.worker(), settings.contributor(), settings.team(), 1);
    return asked.body().replaceFirst(count, "").equals(ours.replaceFirst(count, ""));
  }

  /** A request whose answer has not come; null for none. */
  @Nullable LeaseRequest request() {
    return request;
  }

  /** Whether there has been a lease, and none is being asked for. */
  boolean isIdleAfterLease() {
    return leased && !leasing;
  }

  /** The site has answered a heartbeat. */
  void onAlive() {
    welcome = true;
    lossBackoff.reset();
  }

  /** A lease was lost. A site that takes its leases back at once must not make a storm. */
  void onLost(long nowMs) {
    notBeforeMs = Math.max(notBeforeMs, nowMs + lossBackoff.nextMillis(null));
  }

  /**
   * Asks for what is missing.
   *
   * @param save writes the state to disk
   */
  void lease(long nowMs, Supplier<Future<Void>> save) {
    long unsent = leases.running().stream().filter(task -> task.sentShare() < 1).count();
    int missing = Math.clamp(settings.tasks() - unsent, 0, LONGEST_LEASE);
    if (leasing || missing == 0 || nowMs < notBeforeMs || (settings.once() && leased)) {
      return;
    }
    leasing = true;
    if (request == null) {
      request =
          new LeaseRequest(
              UUID.randomUUID().toString(),
              SiteClient.leaseBody(
                  settings.worker(), settings.contributor(), settings.team(), missing));
      repeated = false;
    }
    LeaseRequest asked = request;
    boolean mayBeOld = repeated;
    repeated = true;
    save.get()
        .compose(_ -> site.lease(asked.idempotencyKey(), asked.body(), contributorKey))
        .compose(this::keepKey)
        .compose(this::list)
        .onComplete(
            answer -> {
              leasing = false;
              onLeased(answer, mayBeOld);
            },
            failure -> {
              leasing = false;
              onFailure(failure);
            });
  }

  /**
   * The site sends the key of a new contributor once: it is on disk before anything else happens.
   */
  private Future<Lease> keepKey(Lease lease) {
    String key = lease.contributorKey();
    String contributor = settings.contributor();
    if (key == null || contributor == null) {
      return Future.succeededFuture(lease);
    }
    contributorKey = key;
    return vertx
        .executeBlocking(() -> {
          directory.contributorKey(contributor, key);
          return lease;
        })
        .map(_ -> lease);
  }

  /** Says once that the contributor wants to be listed. The work goes on when that fails. */
  private Future<Lease> list(Lease lease) {
    String key = contributorKey;
    String contributor = settings.contributor();
    if (listed || !settings.listed() || key == null || contributor == null) {
      return Future.succeededFuture(lease);
    }
    return site.list(contributor, key)
        .onSuccess(_ -> listed = true)
        .onFailure(failure ->
            LOG.warn("cannot join the leaderboard; retrying later: {}", failure.getMessage()))
        .transform(_ -> Future.succeededFuture(lease));
  }

  private void onLeased(Lease lease, boolean mayBeOld) {
    long now = CensusWorker.nowMs();
    welcome = true;
    leased = true;
    request = null;
    backoff.reset();
    notBeforeMs = Math.max(notBeforeMs, now + BETWEEN_LEASES_MS);
    HeldLease held =
        new HeldLease(lease.id(), lease.token(), lease.expiresAt(), lease.maxRatePps(), random);
    Heartbeats.schedule(held);
    for (Lease.LeasedTask task : lease.tasks()) {
      held.tasks.add(new HeldTask(PingTask.create(task.index(), task.exclude(), random), random));
    }
    leases.add(held);
    if (mayBeOld || lease.expiresAt().isBefore(Instant.now())) {
      held.heartbeatAtMs = now; // is it still ours, and what is to be left out by now?
    } else {
      leases.ping(held);
    }
    reporter.leased(held.tasks.stream().map(task -> task.task.network()).toList());
    if (held.isUseless()) {
      uselessLeases++;
      held.releaseAtMs = settings.once() ? now : now + USELESS_KEPT_MS;
      if (uselessLeases >= MOST_USELESS) {
        long wait = waitAfterUselessMs(uselessLeases - MOST_USELESS);
        notBeforeMs = Math.max(notBeforeMs, now + wait);
        reporter.waiting("the site leases only blocks that cannot be pinged from here", wait);
      }
    } else {
      uselessLeases = 0;
    }
  }

  /** How long to wait after a lease of which nothing can be pinged, the more the more of them. */
  static long waitAfterUselessMs(int before) {
    return Math.min(LONGEST_AFTER_GIVEN_UP_MS, AFTER_GIVEN_UP_MS << Math.min(before, 3));
  }

  private void onFailure(Throwable failure) {
    if (failure instanceof StateException) {
      end.accept(new Ending(1, failure.getMessage()));
      return;
    }
    if (!(failure instanceof SiteException refused)) {
      end.accept(new Ending(1, "A lease failed: " + failure));
      LOG.error("a lease failed", failure);
      return;
    }
    if (refused.code().equals("CONTRIBUTOR_KEY")) {
      end.accept(
          new Ending(
              WorkerCommand.NAME_TAKEN,
              "The name \""
                  + settings.contributor()
                  + "\" is registered at this site with another key. If it is yours, use the state"
                  + " directory that has its key; otherwise choose another --name. ("
                  + refused.detail()
                  + ")"));
      return;
    }
    boolean keyIsUsed = refused.status() == 422 && !refused.code().isEmpty();
    if (keyIsUsed || refused.code().equals(SiteException.NOT_INTERNET)) {
      request = null; // under its key the answer would be the same: ask anew
    } else if (!refused.isTemporary() && !welcome) {
      end.accept(new Ending(1, "The site refuses: " + refused.detail()));
      return;
    }
    long wait = backoff.nextMillis(refused.retryAfter());
    notBeforeMs = CensusWorker.nowMs() + wait;
    reporter.waiting(refused.detail(), wait);
  }
}
