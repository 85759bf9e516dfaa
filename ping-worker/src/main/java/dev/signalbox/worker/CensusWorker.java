package dev.signalbox.worker;

import dev.signalbox.worker.ping.LatencyWatch;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.site.Backoff;
import dev.signalbox.worker.site.Lease;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;
import dev.signalbox.worker.state.StateDirectory;
import dev.signalbox.worker.state.StateException;
import dev.signalbox.worker.state.WorkerState;
import dev.signalbox.worker.state.WorkerState.LeaseRequest;
import dev.signalbox.worker.state.WorkerState.LeaseState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a worker: leases tasks, has them pinged, says that it is alive, submits results, and
 * keeps all on disk. A site that is down or restarts is waited for; what was pinged meanwhile is
 * submitted later. Everything here happens on one event loop.
 */
final class CensusWorker {

  private static final Logger LOG = LoggerFactory.getLogger(CensusWorker.class);

  private static final int LONGEST_LEASE = 64;
  private static final int SUBMITS_AT_ONCE = 4;
  private static final long TICK_MS = 100;
  private static final long SAVE_MS = 5_000;
  private static final long HEARTBEAT_MS = 60_000;
  private static final long RELEASE_MS = 3_000;

  /**
   * What a worker is told.
   *
   * @param worker name of this machine
   * @param contributor whose credit it is; null for nobody's
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

  private static final class HeldTask {

    final PingTask task;
    final Backoff backoff;
    boolean submitting;
    long notBeforeMs;

    HeldTask(PingTask task, Backoff backoff) {
      this.task = task;
      this.backoff = backoff;
    }
  }

  private static final class HeldLease {

    final String id;
    final String token;
    final int maxRatePps;
    final Backoff backoff;
    final List<HeldTask> tasks = new ArrayList<>();
    Instant expiresAt;
    long heartbeatAtMs;
    boolean beating;
    boolean confirmed;
    boolean lost;

    HeldLease(String id, String token, Instant expiresAt, int maxRatePps, Backoff backoff) {
      this.id = id;
      this.token = token;
      this.expiresAt = expiresAt;
      this.maxRatePps = maxRatePps;
      this.backoff = backoff;
    }
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
  private final List<HeldLease> leases = new ArrayList<>();
  private final Backoff leaseBackoff = new Backoff(random);
  private final LatencyWatch siteLatency = new LatencyWatch();

  private @Nullable LeaseRequest request;
  private @Nullable String contributorKey;
  private boolean leasing;
  private boolean leased;
  private boolean listed;

  /** Whether the state on disk is known; what is not may not be overwritten. */
  private boolean loaded;

  private boolean welcome;
  private boolean stopping;
  private boolean dirty;
  private boolean saving;
  private long leaseNotBeforeMs;
  private long savedAtMs;
  private int submitted;
  private long submittedAnswers;
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
  }

  /** Begins; the future says how it ended, after the last state is on disk. */
  Future<Ending> start() {
    context.runOnContext(_ -> {
      try {
        contributorKey =
            settings.contributor() == null
                ? null
                : directory.contributorKey(settings.contributor());
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
    LeaseRequest asked = state.request();
    if (asked != null && sameWorker(asked)) {
      request = asked;
    }
    int tasks = 0;
    for (LeaseState stored : state.leases()) {
      HeldLease lease =
          new HeldLease(
              stored.id(),
              stored.token(),
              Instant.parse(stored.expiresAt()),
              stored.maxRatePps(),
              new Backoff(random));
      lease.heartbeatAtMs = nowMs(); // says whether it is still ours
      for (PingTask.Snapshot snapshot : stored.tasks()) {
        lease.tasks.add(new HeldTask(PingTask.resume(snapshot), new Backoff(random)));
        tasks++;
      }
      leases.add(lease);
    }
    if (tasks > 0) {
      leased = true;
      reporter.resumed(tasks, running().stream().mapToInt(PingTask::answered).sum());
    }
    limitRate();
  }

  /** Whether a request of the last run was made under the names of this one. */
  private boolean sameWorker(LeaseRequest asked) {
    String count = ",\"count\":\\d+";
    String ours =
        SiteClient.leaseBody(settings.worker(), settings.contributor(), settings.team(), 1);
    return asked.body().replaceFirst(count, "").equals(ours.replaceFirst(count, ""));
  }

  /** Begins to ping the tasks of a lease that the site has confirmed. */
  private void ping(HeldLease lease) {
    if (!lease.confirmed) {
      lease.confirmed = true;
      lease.tasks.forEach(held -> engine.add(held.task));
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
    giveUpStuck();
    heartbeats(now);
    submit(now);
    leases.removeIf(lease -> lease.tasks.isEmpty() && !lease.beating);
    lease(now);
    if (dirty || (!leases.isEmpty() && now - savedAtMs >= SAVE_MS)) {
      save();
    }
    reporter.progress(engine.status(), running(), submitted, submittedAnswers);
    if (settings.once() && leased && leases.isEmpty() && !leasing) {
      end(Ending.WELL);
    }
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private List<PingTask> running() {
    return leases.stream()
        .flatMap(lease -> lease.tasks.stream())
        .map(held -> held.task)
        .filter(task -> !task.isComplete())
        .toList();
  }

  // --- Leases

  private void lease(long now) {
    long unsent = running().stream().filter(task -> task.sentShare() < 1).count();
    int missing = Math.clamp(settings.tasks() - unsent, 0, LONGEST_LEASE);
    // A save that is under way does not have the request yet.
    if (leasing
        || saving
        || missing == 0
        || now < leaseNotBeforeMs
        || (settings.once() && leased)) {
      return;
    }
    leasing = true;
    if (request == null) {
      request =
          new LeaseRequest(
              UUID.randomUUID().toString(),
              SiteClient.leaseBody(
                  settings.worker(), settings.contributor(), settings.team(), missing));
    }
    LeaseRequest asked = request;
    save()
        .compose(_ -> site.lease(asked.idempotencyKey(), asked.body(), contributorKey))
        .compose(this::keepKey)
        .compose(this::list)
        .onComplete(
            answer -> {
              leasing = false;
              onLeased(answer);
            },
            failure -> {
              leasing = false;
              onLeaseFailed(failure);
            });
  }

  /** The key of a new contributor is told once: it is on disk before anything else happens. */
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
        .onFailure(failure -> LOG.warn("not listed, tried again later: {}", failure.getMessage()))
        .transform(_ -> Future.succeededFuture(lease));
  }

  private void onLeased(Lease lease) {
    welcome = true;
    leased = true;
    request = null;
    leaseBackoff.reset();
    dirty = true;
    HeldLease held =
        new HeldLease(
            lease.id(), lease.token(), lease.expiresAt(), lease.maxRatePps(), new Backoff(random));
    scheduleHeartbeat(held);
    for (Lease.LeasedTask task : lease.tasks()) {
      held.tasks.add(
          new HeldTask(PingTask.create(task.index(), task.exclude(), random), new Backoff(random)));
    }
    if (lease.expiresAt().isBefore(Instant.now())) {
      held.heartbeatAtMs = nowMs(); // given again, perhaps long after the first: is it still ours?
    } else {
      ping(held);
    }
    leases.add(held);
    limitRate();
    reporter.leased(held.tasks.stream().map(task -> task.task.network()).toList());
  }

  private void onLeaseFailed(Throwable failure) {
    if (failure instanceof StateException) {
      end(new Ending(1, failure.getMessage()));
      return;
    }
    if (!(failure instanceof SiteException refused)) {
      end(new Ending(1, "A lease failed: " + failure));
      LOG.error("a lease failed", failure);
      return;
    }
    if (refused.code().equals("CONTRIBUTOR_KEY")) {
      end(
          new Ending(
              WorkerCommand.NAME_TAKEN,
              "The name \""
                  + settings.contributor()
                  + "\" belongs to somebody else at this site, or you used it with another state"
                  + " directory, where its key is. Choose another --name. ("
                  + refused.detail()
                  + ")"));
      return;
    }
    if (refused.status() == 422) {
      request = null; // the key was used for something else: ask anew
    } else if (!refused.isTemporary() && !welcome) {
      end(new Ending(1, "The site refuses: " + refused.detail()));
      return;
    }
    waitForSite(leaseBackoff, refused, wait -> leaseNotBeforeMs = wait);
  }

  private void waitForSite(Backoff backoff, SiteException refused, LongConsumer notBefore) {
    long wait = backoff.nextMillis(refused.retryAfter());
    notBefore.accept(nowMs() + wait);
    reporter.waiting(refused.detail(), wait);
  }

  private void limitRate() {
    engine.limit(
        leases.stream().mapToInt(lease -> lease.maxRatePps).min().orElse(Integer.MAX_VALUE));
  }

  // --- Heartbeats

  private void heartbeats(long now) {
    for (HeldLease lease : leases) {
      if (!lease.beating && !lease.lost && now >= lease.heartbeatAtMs && !lease.tasks.isEmpty()) {
        heartbeat(lease);
      }
    }
  }

  private void heartbeat(HeldLease lease) {
    Map<Integer, Double> done = new HashMap<>();
    lease.tasks.forEach(held -> done.put(held.task.index(), held.task.sentShare()));
    lease.beating = true;
    long sentAt = System.nanoTime();
    site.heartbeat(lease.id, done)
        .onComplete(
            end -> {
              lease.beating = false;
              lease.expiresAt = end;
              lease.backoff.reset();
              welcome = true;
              scheduleHeartbeat(lease);
              ping(lease);
              if (siteLatency.congested((System.nanoTime() - sentAt) / 1e6)) {
                engine.slowDown();
              }
            },
            failure -> {
              lease.beating = false;
              if (failure instanceof SiteException refused
                  && (refused.status() == 409 || refused.status() == 404)) {
                lose(lease, refused.detail());
              } else if (failure instanceof SiteException refused) {
                waitForSite(lease.backoff, refused, at -> lease.heartbeatAtMs = at);
              } else {
                LOG.error("a heartbeat failed", failure);
                lease.heartbeatAtMs = nowMs() + HEARTBEAT_MS;
              }
            });
  }

  private static void scheduleHeartbeat(HeldLease lease) {
    long left = lease.expiresAt.toEpochMilli() - System.currentTimeMillis();
    // A clock that is wrong must not make a storm.
    long wait = left <= 0 ? HEARTBEAT_MS / 6 : Math.clamp(left / 3, 100, HEARTBEAT_MS);
    lease.heartbeatAtMs = nowMs() + wait;
  }

  /** Drops the unfinished tasks. A finished one is submitted all the same: it may still count. */
  private void lose(HeldLease lease, String why) {
    lease.lost = true;
    List<HeldTask> dropped = lease.tasks.stream().filter(held -> !held.task.isComplete()).toList();
    dropped.forEach(held -> engine.remove(held.task));
    lease.tasks.removeAll(dropped);
    dirty = true;
    reporter.lost(dropped.size(), why);
  }

  /** Gives a lease back of which only tasks are left that cannot be sent to from here. */
  private void giveUpStuck() {
    for (HeldLease lease : leases) {
      if (!lease.lost
          && !lease.tasks.isEmpty()
          && lease.tasks.stream().allMatch(held -> held.task.isStuck())) {
        site.release(lease.id).onFailure(e -> LOG.debug("release failed", e));
        lose(lease, "some of their addresses cannot be sent to from this machine");
      }
    }
  }

  // --- Results

  private void submit(long now) {
    long under =
        leases.stream().flatMap(lease -> lease.tasks.stream()).filter(t -> t.submitting).count();
    for (HeldLease lease : leases) {
      for (HeldTask held : lease.tasks) {
        if (under < SUBMITS_AT_ONCE
            && held.task.isComplete()
            && !held.submitting
            && now >= held.notBeforeMs) {
          under++;
          submit(lease, held);
        }
      }
    }
  }

  private void submit(HeldLease lease, HeldTask held) {
    held.submitting = true;
    site.submit(held.task.index(), lease.token, held.task.result())
        .onComplete(
            _ -> {
              drop(lease, held);
              submitted++;
              submittedAnswers += held.task.answered();
              reporter.submitted(held.task.network(), held.task.answered());
            },
            failure -> {
              held.submitting = false;
              if (failure instanceof SiteException refused
                  && (refused.isTemporary()
                      || refused.status() == 401
                      || refused.status() == 403)) {
                waitForSite(held.backoff, refused, at -> held.notBeforeMs = at);
              } else {
                drop(lease, held);
                reporter.refused(held.task.network(), String.valueOf(failure.getMessage()));
              }
            });
  }

  private void drop(HeldLease lease, HeldTask held) {
    lease.tasks.remove(held);
    dirty = true;
  }

  // --- State

  private WorkerState state() {
    return new WorkerState(
        leases.stream()
            .filter(lease -> !lease.tasks.isEmpty())
            .map(lease ->
                new LeaseState(
                    lease.id,
                    lease.token,
                    lease.expiresAt.toString(),
                    lease.maxRatePps,
                    lease.tasks.stream().map(held -> held.task.snapshot()).toList()))
            .toList(),
        request);
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
          reporter.ended(
              leases.stream().mapToInt(lease -> lease.tasks.size()).sum(), engine.status().sent());
          if (done.failed() && ending.exitCode() == 0) {
            ended.tryComplete(new Ending(1, String.valueOf(done.cause().getMessage())));
          } else {
            ended.tryComplete(ending);
          }
        });
  }

  private Future<Void> giveBack() {
    List<Future<Void>> releases = new ArrayList<>();
    for (HeldLease lease : leases) {
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
