package dev.signalbox.platform.diagnostic;

import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.platform.diagnostic.FindingHistory.Seen;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process finds wrong with itself: the checks of its services and its own, one after the
 * other on threads of their own, so that a disk that hangs keeps neither event loops nor workers.
 * Any thread may use it.
 */
public final class Diagnostics implements AutoCloseable {

  /** How often a process looks by itself, so that a finding's beginning is known. */
  public static final Duration PERIOD = Duration.ofSeconds(5);

  private static final long CHECK_MS = 1_000;
  private static final long LOOK_NANOS = 2_500_000_000L;

  /** Whoever asks again within so long gets what was found before. */
  private static final long FRESH_NANOS = 1_000_000_000L;

  private static final int MOST_THREADS = 32;
  private static final long IDLE_S = 15;
  private static final int MOST_SYMPTOMS = 50;

  /** A check; one look at a time reads and writes what changes. */
  private static final class Registered {
    private final @Nullable String service;
    private final String name;
    private final DiagnosticCheck check;
    private volatile java.util.concurrent.@Nullable Future<List<Symptom>> running;
    private volatile long begunNanos;
    private volatile List<Symptom> symptoms = List.of();
    private volatile @Nullable String fault;

    Registered(@Nullable String service, String name, DiagnosticCheck check) {
      this.service = service;
      this.name = name;
      this.check = check;
    }
  }

  private final String process;
  private final String host;
  private final String version;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final FindingHistory history;
  private final List<Registered> checks = new CopyOnWriteArrayList<>();
  private final Map<String, String> nodes = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST_THREADS,
          IDLE_S,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("diagnostics-", 0).daemon().factory());
  private @Nullable Future<Void> looking;
  private long lookedNanos;
  private volatile long lookedEpochMs;

  /**
   * The diagnostics of a process without checks.
   *
   * @param process id of the process
   * @param host name of the machine
   * @param version of the process
   */
  public Diagnostics(String process, String host, String version) {
    this(process, host, version, InstantSource.system(), System::nanoTime);
  }

  Diagnostics(
      String process, String host, String version, InstantSource clock, LongSupplier nanos) {
    this.process = process;
    this.host = host;
    this.version = version;
    this.clock = clock;
    this.nanos = nanos;
    this.history = new FindingHistory(clock, nanos);
  }

  /** Names the instance of a service in this process. */
  public void instance(String service, String node) {
    nodes.put(service, node);
  }

  /**
   * Adds a check.
   *
   * @param service whose it is; null for one of the process
   * @param name of what it checks, a few words
   */
  public void register(@Nullable String service, String name, DiagnosticCheck check) {
    checks.add(new Registered(service, name, check));
  }

  /**
   * Looks now; at once with one who asks meanwhile, and not again within a second.
   *
   * @return completes when it has looked, on whichever thread; never fails
   */
  public Future<Void> look() {
    Promise<Void> looked = Promise.promise();
    synchronized (this) {
      Future<Void> present = looking;
      if (present != null) {
        return present;
      }
      if (lookedEpochMs > 0 && nanos.getAsLong() - lookedNanos < FRESH_NANOS) {
        return Future.succeededFuture();
      }
      looking = looked.future();
    }
    try {
      threads.execute(() -> {
        try {
          lookAtAll();
        } finally {
          ended(looked);
        }
      });
    } catch (RejectedExecutionException e) {
      // All threads hang in checks, or the process stops: what was found before still stands.
      ended(looked);
    }
    return looked.future();
  }

  private void ended(Promise<Void> looked) {
    synchronized (this) {
      looking = null;
    }
    looked.tryComplete();
  }

  private void lookAtAll() {
    long end = nanos.getAsLong() + LOOK_NANOS;
    List<Seen> seen = new ArrayList<>();
    for (Registered each : checks) {
      if (nanos.getAsLong() - end < 0) {
        run(each);
      }
      each.symptoms.stream()
          .limit(MOST_SYMPTOMS)
          .forEach(symptom -> seen.add(owned(each, symptom)));
      String fault = each.fault;
      if (fault != null) {
        seen.add(
            owned(
                each,
                Symptom.of(
                    FindingCode.CHECK_FAILED,
                    each.name,
                    "The check of " + each.name + " " + fault)));
      }
    }
    history.update(seen);
    synchronized (this) {
      lookedNanos = nanos.getAsLong();
      lookedEpochMs = clock.millis();
    }
  }

  private Seen owned(Registered check, Symptom symptom) {
    String service = symptom.service() == null ? check.service : symptom.service();
    return new Seen(service, service == null ? null : nodes.get(service), symptom);
  }

  private void run(Registered each) {
    java.util.concurrent.Future<List<Symptom>> before = each.running;
    if (before != null && !before.isDone()) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - each.begunNanos);
      each.fault = "has not returned for " + seconds + " s";
      return;
    }
    try {
      each.begunNanos = nanos.getAsLong();
      java.util.concurrent.Future<List<Symptom>> begun = threads.submit(each.check::check);
      each.running = begun;
      each.symptoms = List.copyOf(begun.get(CHECK_MS, TimeUnit.MILLISECONDS));
      each.fault = null;
    } catch (TimeoutException e) {
      each.fault = "has not returned within " + CHECK_MS + " ms";
    } catch (ExecutionException e) {
      each.symptoms = List.of();
      each.fault = "failed: " + e.getCause();
    } catch (RejectedExecutionException e) {
      each.fault = "could not begin: too many other checks have not returned";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is wrong, as of the last look. */
  public DiagnoseReply reply() {
    return new DiagnoseReply(
        process,
        host,
        ProcessHandle.current().pid(),
        version,
        clock.millis(),
        lookedEpochMs,
        history.findings());
  }

  /** Ends; a check that does not return is left to the end of the process. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
