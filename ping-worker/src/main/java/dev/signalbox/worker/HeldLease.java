package dev.signalbox.worker;

import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.site.Backoff;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A lease that the worker holds, with its tasks that are not yet submitted. */
final class HeldLease {

  /** A task of a lease. */
  static final class HeldTask {

    final PingTask task;
    final Backoff backoff;
    boolean submitting;
    boolean givenUp;
    long notBeforeMs;

    HeldTask(PingTask task, RandomGenerator random) {
      this.task = task;
      this.backoff = new Backoff(random);
    }
  }

  final String id;
  final String token;
  final int maxRatePps;
  final Backoff backoff;
  final List<HeldTask> tasks = new ArrayList<>();
  Instant expiresAt;
  long heartbeatAtMs;
  long beatAtMs;

  /** Whether a heartbeat is under way. */
  boolean beating;

  /** Whether the latest heartbeat was answered. */
  boolean alive = true;

  /** Whether the site has said that it is ours, so that its tasks are pinged. */
  boolean acknowledged;

  boolean lost;
  boolean releasing;
  long releaseAtMs;

  /** Whether there is nothing to be done for it but to give it back. */
  boolean isUseless() {
    return tasks.stream().allMatch(held -> held.givenUp);
  }

  HeldLease(String id, String token, Instant expiresAt, int maxRatePps, RandomGenerator random) {
    this.id = id;
    this.token = token;
    this.expiresAt = expiresAt;
    this.maxRatePps = maxRatePps;
    this.backoff = new Backoff(random);
  }
}
