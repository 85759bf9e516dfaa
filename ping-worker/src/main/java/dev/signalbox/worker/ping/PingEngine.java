package dev.signalbox.worker.ping;

import dev.signalbox.worker.icmp.EchoSocket;
import dev.signalbox.worker.icmp.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings tasks with one thread and one socket: an address of each in turn, no faster than the rate,
 * taking replies in between. Tasks that are all sent wait for their last replies while others are
 * sent to.
 */
public final class PingEngine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PingEngine.class);

  /** How long after its last request a task waits for replies. */
  public static final long TAIL_NANOS = TimeUnit.SECONDS.toNanos(8);

  private static final long SECOND = 1_000_000_000L;
  private static final int IDLE_MS = 20;
  private static final int STOP_S = 5;

  /**
   * How it is going.
   *
   * @param rate packets a second that may be sent now
   * @param sent requests sent since the start
   * @param answered addresses that have answered since the start
   * @param unreachable whether nothing can be sent now, or replies have stopped
   * @param asksForSite whether {@link #onNetworkGood} is waited for: by a network that seems to be
   *     away, or by a task whose replies have been waited for
   * @param sleeps how often this machine has slept since the start
   */
  public record Status(
      double rate,
      long sent,
      long answered,
      boolean unreachable,
      boolean asksForSite,
      int sleeps) {}

  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final long tailNanos;
  private final double configuredRate;
  private final boolean requiresNetworkProof;
  private final LongSupplier wallNanos;

  // Of the engine's thread alone.
  private final List<PingTask> tasks = new ArrayList<>();
  private final OutageWatch outages;
  private final RequestSender sender;
  private final ControlHost control;
  private long answered;
  private double wantedLimit;
  private boolean congested;
  private boolean good;
  private int sleeps;

  private volatile boolean started;
  private volatile boolean stopping;
  private volatile Status status;
  private volatile @Nullable Throwable failure;

  /**
   * @param rate packets a second at most
   * @param control address to watch for congestion, as 32 bits; 0 for none
   * @param tailNanos how long a task waits for its last replies
   */
  public PingEngine(double rate, int control, long tailNanos) {
    this(rate, control, tailNanos, false);
  }

  /**
   * @param requiresNetworkProof whether a task is complete only once the network was known to be
   *     good after its last replies were due, from a reply or by {@link #onNetworkGood}
   */
  public PingEngine(double rate, int control, long tailNanos, boolean requiresNetworkProof) {
    this(
        rate,
        control,
        tailNanos,
        requiresNetworkProof,
        () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
  }

  PingEngine(
      double rate,
      int control,
      long tailNanos,
      boolean requiresNetworkProof,
      LongSupplier wallNanos) {
    this.configuredRate = rate;
    this.tailNanos = tailNanos;
    this.requiresNetworkProof = requiresNetworkProof;
    this.wallNanos = wallNanos;
    this.outages = new OutageWatch(System.nanoTime(), wallNanos.getAsLong());
    this.sender = new RequestSender(tasks, outages);
    this.control = new ControlHost(control, outages);
    this.status = new Status(rate, 0, 0, false, false, 0);
  }

  /**
   * Opens the socket and begins.
   *
   * @throws RuntimeException what opening the socket throws
   */
  public void start(Supplier<EchoSocket> sockets) {
    started = true;
    CountDownLatch opened = new CountDownLatch(1);
    RuntimeException[] refused = new RuntimeException[1];
    // The socket's memory belongs to the thread that opens it.
    Thread.ofPlatform()
        .name("signalbox-ping")
        .daemon()
        .start(() -> {
          EchoSocket socket;
          try {
            socket = sockets.get();
          } catch (RuntimeException e) {
            refused[0] = e;
            stopped.countDown();
            opened.countDown();
            return;
          }
          opened.countDown();
          try (socket) {
            LOG.info("pinging through an {}", socket.description());
            loop(socket);
          } catch (RuntimeException | Error e) {
            failure = e;
            LOG.error("the ping engine failed", e);
          } finally {
            stopped.countDown();
          }
        });
    try {
      opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (refused[0] != null) {
      throw refused[0];
    }
  }

  /** Adds a task. */
  public void add(PingTask task) {
    commands.add(() -> tasks.add(task));
  }

  /** Removes a task; later replies to it do not count. */
  public void remove(PingTask task) {
    commands.add(() -> tasks.remove(task));
  }

  /** Leaves networks out of a task from now on, and what was found in them. */
  public void exclude(PingTask task, List<String> networks) {
    commands.add(() -> task.exclude(networks));
  }

  /** The site has answered. */
  public void onNetworkGood() {
    commands.add(() -> good = true);
  }

  /** The site does not answer. When no other host does either, the network seems to be down. */
  public void onSiteSilent() {
    commands.add(() -> {
      long now = System.nanoTime();
      if (outages.nobodyElseAnswers(now)) {
        beginOutage("neither the site nor any other host answers", now);
      }
    });
  }

  /** Sets the rate, but not above that of the constructor. */
  public void limit(double packetsPerSecond) {
    commands.add(() -> wantedLimit = Math.min(configuredRate, packetsPerSecond));
  }

  /** Slows down, for something else has seen that the network suffers. */
  public void slowDown() {
    commands.add(() -> congested = true);
  }

  public Status status() {
    return status;
  }

  /** Why the engine has ended by itself; null while it has not. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Stops sending and closes the socket. */
  @Override
  public void close() {
    stopping = true;
    if (!started) {
      return;
    }
    try {
      if (!stopped.await(STOP_S, TimeUnit.SECONDS)) {
        LOG.warn("the ping engine did not stop within {} s", STOP_S);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop(EchoSocket socket) {
    long now = System.nanoTime();
    wantedLimit = configuredRate;
    RateControl rates = new RateControl(configuredRate, now);
    PacketPace pace = new PacketPace(configuredRate, now);
    long reportedAt = now;
    while (!stopping) {
      for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
        command.run();
      }
      now = System.nanoTime();
      watchNetwork(now);
      rates.limit(wantedLimit);
      boolean sendable = sendable();
      if (congested) {
        rates.onCongestion(now);
        congested = false;
      } else if (sendable) {
        rates.onTime(now);
      }
      pace.rate(rates.rate(), now);
      int allowed = pace.available(now);
      boolean idle = !sendable;
      if (sendable && allowed > 0) {
        int batch = sender.send(socket, Math.min(allowed, EchoSocket.MAX_BATCH), now);
        pace.take(batch, now);
        idle = batch == 0; // what is left has failed before and waits for its next attempt
      }
      pace.take(control.ping(socket, now) + probe(socket, now), now);
      congested |= sender.takeCongested();
      congested |= control.takeCongested();
      // Read before the replies are: those that have come by then are counted.
      now = System.nanoTime();
      socket.receive(this::onReply);
      advance(now);
      if (now - reportedAt >= SECOND / 10 || tasks.isEmpty()) {
        reportedAt = now;
        status = status(rates.rate());
      }
      if (idle) {
        socket.await(IDLE_MS);
      } else {
        long wait = pace.nanosToNext(now);
        if (wait > 0) {
          socket.await(Math.clamp(wait / 1_000_000, 1, IDLE_MS));
        }
      }
    }
    status = status(rates.rate());
  }

  private Status status(double rate) {
    return new Status(
        rate,
        sender.sent(),
        answered,
        sender.isUnreachable() || outages.isOutage(),
        outages.isOutage() || tasks.stream().anyMatch(PingTask::isWaitedFor),
        sleeps);
  }

  private boolean sendable() {
    return !outages.isOutage() && tasks.stream().anyMatch(PingTask::hasUnsent);
  }

  // --- The network, whether requests can be sent or not

  private void watchNetwork(long now) {
    if (outages.hasSlept(now, wallNanos.getAsLong())) {
      sleeps++;
      beginOutage("this machine has slept", now);
    }
    String sign = outages.sign(now);
    if (sign != null) {
      beginOutage(sign, now);
    }
    if (good) {
      good = false;
      onGood();
    }
  }

  private void beginOutage(String why, long now) {
    if (tasks.isEmpty()) {
      return;
    }
    LOG.warn("the network seems to be down: {}; the latest requests are sent again later", why);
    tasks.forEach(PingTask::rewind);
    outages.begin(now);
    good = false;
    congested = true;
  }

  private void onGood() {
    if (outages.isOutage()) {
      LOG.info("the network is back");
      outages.end();
    }
    tasks.forEach(PingTask::onNetworkGood);
  }

  private int probe(EchoSocket socket, long now) {
    if (!outages.isProbeDue(now)) {
      return 0;
    }
    int count = sender.probe(socket);
    good |= count == 0 && !requiresNetworkProof; // no reply can prove it
    return count;
  }

  // --- Requests and replies

  private void onReply(int address, Purpose purpose, long roundTripNanos) {
    long now = System.nanoTime();
    if (purpose == Purpose.CONTROL) {
      good |= outages.onControlReply(roundTripNanos, now);
      congested |= control.onReply(roundTripNanos);
      return;
    }
    good |= outages.onReply(address, roundTripNanos, now);
    for (PingTask task : tasks) {
      if (task.contains(address)) {
        if (task.onReply(address, roundTripNanos)) {
          answered++;
        }
        return;
      }
    }
  }

  private void advance(long now) {
    for (int i = tasks.size() - 1; i >= 0; i--) {
      PingTask task = tasks.get(i);
      task.advance(now, tailNanos);
      if (!requiresNetworkProof && task.isWaitedFor() && !outages.isOutage()) {
        task.complete();
      }
      if (task.isComplete()) {
        tasks.remove(i);
      }
    }
    if (tasks.isEmpty()) {
      sender.reset();
    }
  }
}
