package dev.signalbox.worker;

import dev.signalbox.worker.ping.LatencyWatch;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.site.Renewal;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps leases alive, and learns what is to be left out of their tasks. A heartbeat is also the
 * question whether the network is good, when the engine has to know. Used by one thread.
 */
final class Heartbeats {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  private static final long LONGEST_MS = 60_000;

  /** No site makes a storm, whatever its leases say. */
  private static final long SHORTEST_MS = 1_000;

  private final HeldLeases leases;
  private final SiteClient site;
  private final PingEngine engine;
  private final Reporter reporter;
  private final LeaseRequester requester;
  private final LatencyWatch latency = new LatencyWatch();
  private int sleeps;

  Heartbeats(
      HeldLeases leases,
      SiteClient site,
      PingEngine engine,
      Reporter reporter,
      LeaseRequester requester) {
    this.leases = leases;
    this.site = site;
    this.engine = engine;
    this.reporter = reporter;
    this.requester = requester;
  }

  /** Sends those that are due. */
  void send(long nowMs) {
    PingEngine.Status status = engine.status();
    boolean slept = status.sleeps() != sleeps;
    sleeps = status.sleeps();
    boolean asked = status.asksForSite();
    for (HeldLease lease : leases.all()) {
      if (lease.beating || lease.lost || lease.isUseless()) {
        continue;
      }
      // After a sleep the lease may have ended.
      boolean due = slept || nowMs >= lease.heartbeatAtMs;
      boolean mayAsk = lease.alive && nowMs - lease.beatAtMs >= SHORTEST_MS;
      if (due || (asked && mayAsk)) {
        asked = false;
        lease.beatAtMs = nowMs;
        send(lease);
      }
    }
  }

  private void send(HeldLease lease) {
    Map<Integer, Double> done = new HashMap<>();
    lease.tasks.forEach(held -> done.put(held.task.index(), held.task.sentShare()));
    lease.beating = true;
    long sentAt = System.nanoTime();
    site.heartbeat(lease.id, done)
        .onComplete(
            renewal -> {
              lease.beating = false;
              onRenewed(lease, renewal);
              if (latency.congested((System.nanoTime() - sentAt) / 1e6)) {
                engine.slowDown();
              }
            },
            failure -> {
              lease.beating = false;
              onFailure(lease, failure);
            });
  }

  private void onRenewed(HeldLease lease, Renewal renewal) {
    lease.expiresAt = renewal.expiresAt();
    lease.alive = true;
    requester.onAlive();
    lease.backoff.reset();
    schedule(lease);
    if (renewal.exclude() != null) {
      leases.onTasks(lease, renewal.exclude());
    }
    leases.ping(lease);
  }

  private void onFailure(HeldLease lease, Throwable failure) {
    lease.alive = false;
    if (failure instanceof SiteException refused
        && (refused.code().equals(SiteException.LEASE_LOST)
            || refused.code().equals(SiteException.NOT_INTERNET))) {
      leases.lose(lease, refused.detail());
      requester.onLost(CensusWorker.nowMs());
    } else if (failure instanceof SiteException refused) {
      long wait = lease.backoff.nextMillis(refused.retryAfter());
      lease.heartbeatAtMs = CensusWorker.nowMs() + wait;
      reporter.waiting(refused.detail(), wait);
    } else {
      LOG.error("a heartbeat failed", failure);
      lease.heartbeatAtMs = CensusWorker.nowMs() + LONGEST_MS;
    }
  }

  /** Sends the next when a third of the time until the lease ends has passed. */
  static void schedule(HeldLease lease) {
    long left = lease.expiresAt.toEpochMilli() - System.currentTimeMillis();
    // A clock that is wrong must not make a storm.
    long wait = left <= 0 ? LONGEST_MS / 6 : Math.clamp(left / 3, SHORTEST_MS, LONGEST_MS);
    lease.heartbeatAtMs = CensusWorker.nowMs() + wait;
  }
}
