package dev.signalbox.worker;

import dev.signalbox.worker.HeldLease.HeldTask;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.state.StateDirectory;
import dev.signalbox.worker.state.StateException;
import dev.signalbox.worker.state.WorkerState;
import dev.signalbox.worker.state.WorkerState.LeaseState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a worker: leases tasks, has them pinged, says that it is alive, submits results, and
 * keeps all on disk. A site that is down or restarts is waited for; what was pinged meanwhile is
 * submitted later. Everything here happens on one event loop.
 */
final class CensusWorker {

  private static final long TICK_MS = 100;
  private static final long SAVE_MS = 5_000;
  private static final long RELEASE_MS = 3_000;

  /**
   * The settings of a worker.
   *
   * @param worker name of this machine
   * @param contributor name of the contributor to credit; null for none
   * @param team null for none
   * @param listed whether the contributor wants to be on the leaderboard
   * @param tasks blocks pinged in turn, 1 to 64
   * @param once whether to end after one lease
   * @param giveBack whether a stop returns the unfinished tasks
   */
  record Settings(
      String worker,
      @Nullable String contributor,
      @Nullable String team,
      boolean listed,
      int tasks,
      boolean once,
      boolean giveBack) {}

  /** How it ended: null for well, else why not. */
  record Ending(int exitCode, @Nullable String message) {

    static final Ending WELL = new Ending(0, null);
  }

  private final Vertx vertx;
  private final Context context;
  private final SiteClient site;
  private final StateDirectory directory;
  private final PingEngine engine;
  private final Settings settings;
  private final Reporter reporter;
  private final SecureRandom random = new SecureRandom();
  private final Promise<Ending> ended = Promise.promise();
  private final HeldLeases leases;
  private final LeaseRequester requester;
  private final Heartbeats heartbeats;
  private final ResultSubmitter submitter;

  /** Whether the state on disk is known; what is not may not be overwritten. */
  private boolean loaded;

  private boolean stopping;
  private boolean dirty;
  private boolean saving;
  private long savedAtMs;
  private long timer;

  CensusWorker(
      Vertx vertx,
      SiteClient site,
      StateDirectory directory,
      PingEngine engine,
      Settings settings,
      Reporter reporter) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.site = site;
    this.directory = directory;
    this.engine = engine;
    this.settings = settings;
    this.reporter = reporter;
    this.leases = new HeldLeases(engine, site, reporter);
    this.requester =
        new LeaseRequester(vertx, site, directory, settings, leases, reporter, random, this::end);
    this.heartbeats = new Heartbeats(leases, site, engine, reporter, requester);
    this.submitter = new ResultSubmitter(leases, site, reporter);
  }

  /** Begins; the future says how it ended, after the last state is on disk. */
  Future<Ending> start() {
    site.onContact(reached -> {
      if (reached) {
        engine.onNetworkGood();
      } else {
        engine.onSiteSilent();
      }
    });
    context.runOnContext(_ -> {
      try {
        resume(directory.load());
        loaded = true;
      } catch (StateException | IllegalArgumentException | DateTimeException e) {
        end(new Ending(1, e.getMessage()));
        return;
      }
      timer = vertx.setPeriodic(TICK_MS, _ -> tick());
    });
    return ended.future();
  }

  /** Stops soon; may be called by any thread, and again. */
  void stop() {
    context.runOnContext(_ -> end(Ending.WELL));
  }

  private void resume(WorkerState state) {
    leases.givenUp().resume(state.givenUp());
    for (LeaseState stored : state.leases()) {
      HeldLease lease =
          new HeldLease(
              stored.id(),
              stored.token(),
              Instant.parse(stored.expiresAt()),
              stored.maxRatePps(),
              random);
      lease.heartbeatAtMs = nowMs(); // says whether it is still ours
      for (PingTask.Snapshot snapshot : stored.tasks()) {
        lease.tasks.add(new HeldTask(PingTask.resume(snapshot), random));
      }
      leases.add(lease);
    }
    int tasks = leases.taskCount();
    requester.resume(state.request(), tasks > 0);
    if (tasks > 0) {
      reporter.resumed(tasks, leases.running().stream().mapToInt(PingTask::answered).sum());
    }
  }

  private void tick() {
    if (stopping) {
      return;
    }
    if (engine.failure() != null) {
      end(new Ending(1, "The ping engine failed: " + engine.failure()));
      return;
    }
    long now = nowMs();
    leases.giveUpStuck(now);
    heartbeats.send(now);
    submitter.submit(now);
    leases.sweep();
    if (!saving) { // a save that is under way would not have the request yet
      requester.lease(now, this::save);
    }
    dirty |= leases.takeChanged();
    if (dirty || (!leases.isEmpty() && now - savedAtMs >= SAVE_MS)) {
      save();
    }
    reporter.progress(
        engine.status(), leases.running(), submitter.submitted(), submitter.answers());
    if (settings.once() && requester.isIdleAfterLease() && leases.isEmpty()) {
      end(Ending.WELL);
    }
  }

  static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private WorkerState state() {
    return new WorkerState(leases.state(), requester.request(), leases.givenUp().state());
  }

  /** Writes the state; a write that is under way is not waited for, but followed by another. */
  private Future<Void> save() {
    if (saving) {
      dirty = true;
      return Future.succeededFuture();
    }
    saving = true;
    dirty = false;
    savedAtMs = nowMs();
    WorkerState state = state();
    return vertx
        .executeBlocking(() -> {
          directory.save(state);
          return state;
        })
        .<Void>mapEmpty()
        .onComplete(
            _ -> saving = false,
            failure -> {
              saving = false;
              end(new Ending(1, failure.getMessage()));
            });
  }

  private void end(Ending ending) {
    if (stopping) {
      return;
    }
    stopping = true;
    vertx.cancelTimer(timer);
    vertx
        .executeBlocking(() -> {
          engine.close();
          return ending;
        })
        .compose(_ -> settings.giveBack() ? giveBack() : Future.succeededFuture())
        .compose(_ -> {
          if (!loaded) {
            return Future.succeededFuture(ending);
          }
          WorkerState last = state();
          return vertx.executeBlocking(() -> {
            directory.save(last);
            return ending;
          });
        })
        .onComplete(done -> {
          reporter.ended(leases.taskCount(), engine.status().sent());
          if (done.failed() && ending.exitCode() == 0) {
            ended.tryComplete(new Ending(1, String.valueOf(done.cause().getMessage())));
          } else {
            ended.tryComplete(ending);
          }
        });
  }

  private Future<Void> giveBack() {
    List<Future<Void>> releases = new ArrayList<>();
    for (HeldLease lease : leases.all()) {
      lease.tasks.removeIf(held -> !held.task.isComplete());
      // With the lease the right to submit would end: its other tasks return when it does.
      if (lease.tasks.isEmpty()) {
        releases.add(
            site.release(lease.id).timeout(RELEASE_MS, TimeUnit.MILLISECONDS).otherwiseEmpty());
      }
    }
    return Future.join(releases).mapEmpty();
  }
}
