package dev.signalbox.worker;

import dev.signalbox.worker.HeldLease.HeldTask;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;
import dev.signalbox.worker.state.WorkerState.LeaseState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The leases that the worker holds, and which of their tasks are pinged. Used by one thread. */
final class HeldLeases {

  private final PingEngine engine;
  private final SiteClient site;
  private final Reporter reporter;
  private final List<HeldLease> leases = new ArrayList<>();
  private final GivenUpBlocks givenUp = new GivenUpBlocks();
  private boolean changed;

  HeldLeases(PingEngine engine, SiteClient site, Reporter reporter) {
    this.engine = engine;
    this.site = site;
    this.reporter = reporter;
  }

  List<HeldLease> all() {
    return leases;
  }

  /** Blocks that cannot be pinged from here. */
  GivenUpBlocks givenUp() {
    return givenUp;
  }

  boolean isEmpty() {
    return leases.isEmpty();
  }

  /** Tasks that are pinged or will be. */
  List<PingTask> running() {
    return leases.stream()
        .flatMap(lease -> lease.tasks.stream())
        .filter(held -> !held.givenUp)
        .map(held -> held.task)
        .filter(task -> !task.isComplete())
        .toList();
  }

  /** Tasks that are not yet submitted. */
  int taskCount() {
    return leases.stream().mapToInt(lease -> lease.tasks.size()).sum();
  }

  /** Whether there is something new to be saved since the last call. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** Takes a lease. Those of its blocks that were given up before are so from the beginning. */
  void add(HeldLease lease) {
    Set<Integer> indices = new HashSet<>();
    lease.tasks.forEach(held -> indices.add(held.task.index()));
    // Only the latest lease of a task may submit it.
    for (HeldLease older : leases) {
      drop(
          older,
          older.tasks.stream()
              .filter(held -> !held.task.isComplete() && indices.contains(held.task.index()))
              .toList(),
          "the site has leased them again");
    }
    Instant now = Instant.now();
    for (HeldTask held : lease.tasks) {
      held.givenUp = !held.task.isComplete() && givenUp.contains(held.task.index(), now);
    }
    leases.add(lease);
    changed = true;
    limitRate();
  }

  /** Begins to ping the tasks of a lease that the site has acknowledged. */
  void ping(HeldLease lease) {
    if (!lease.acknowledged) {
      lease.acknowledged = true;
      lease.tasks.stream().filter(held -> !held.givenUp).forEach(held -> engine.add(held.task));
    }
  }

  /** Drops the unfinished tasks. A finished one is submitted all the same: it may still count. */
  void lose(HeldLease lease, String why) {
    lease.lost = true;
    drop(
        lease,
        lease.tasks.stream()
            .filter(held -> !held.task.isComplete() && !held.task.isWaitedFor())
            .toList(),
        why);
  }

  /**
   * Takes what the site says with a heartbeat about the tasks of a lease.
   *
   * @param exclude the tasks that it still has, each with the networks to be left out from now on
   */
  void onTasks(HeldLease lease, Map<Integer, List<String>> exclude) {
    List<HeldTask> gone = new ArrayList<>();
    for (HeldTask held : lease.tasks) {
      List<String> networks = exclude.get(held.task.index());
      if (networks != null) {
        engine.exclude(held.task, networks);
      } else if (!held.task.isComplete()) {
        gone.add(held);
      }
    }
    drop(lease, gone, "the site has taken them from the census");
  }

  private void drop(HeldLease lease, List<HeldTask> tasks, String why) {
    if (!tasks.isEmpty()) {
      tasks.forEach(held -> engine.remove(held.task));
      lease.tasks.removeAll(tasks);
      changed = true;
      reporter.lost(tasks.size(), why);
    }
  }

  /** A task needs nothing more. */
  void done(HeldLease lease, HeldTask held) {
    lease.tasks.remove(held);
    changed = true;
  }

  /**
   * Gives up tasks with an address that this machine cannot send to. The site leases them to
   * another worker when the rest of their lease is done, since a lease is released as a whole.
   */
  void giveUpStuck(long nowMs) {
    if (engine.status().unreachable()) {
      return; // nothing can be sent at all, so these addresses are not at fault
    }
    for (HeldLease lease : leases) {
      for (HeldTask held : lease.tasks) {
        if (held.task.isStuck() && !held.givenUp) {
          held.givenUp = true;
          givenUp.add(held.task.index(), Instant.now());
          changed = true;
          engine.remove(held.task);
          reporter.givenUp(held.task.network());
        }
      }
      if (!lease.tasks.isEmpty()
          && lease.isUseless()
          && !lease.releasing
          && nowMs >= lease.releaseAtMs) {
        release(lease);
      }
    }
  }

  private void release(HeldLease lease) {
    lease.releasing = true;
    site.release(lease.id)
        .onComplete(result -> {
          lease.releasing = false;
          if (result.cause() instanceof SiteException refused && refused.isTemporary()) {
            long wait = lease.backoff.nextMillis(refused.retryAfter());
            lease.releaseAtMs = CensusWorker.nowMs() + wait; // the call may have taken long
          } else {
            lease.lost = true;
            lease.tasks.clear();
            changed = true;
          }
        });
  }

  /** Forgets leases of which nothing is left. */
  void sweep() {
    leases.removeIf(lease -> lease.tasks.isEmpty() && !lease.beating);
    limitRate();
  }

  /** Takes the rate that all sites' leases allow. */
  private void limitRate() {
    engine.limit(
        leases.stream().mapToInt(lease -> lease.maxRatePps).min().orElse(Integer.MAX_VALUE));
  }

  /** What it takes to go on with them in another process. */
  List<LeaseState> state() {
    return leases.stream()
        .filter(lease -> !lease.tasks.isEmpty())
        .map(lease ->
            new LeaseState(
                lease.id,
                lease.token,
                lease.expiresAt.toString(),
                lease.maxRatePps,
                lease.tasks.stream().map(held -> held.task.snapshot()).toList()))
        .toList();
  }
}
