package dev.signalbox.worker;

import dev.signalbox.worker.icmp.EchoSocket;
import dev.signalbox.worker.icmp.IcmpSocket;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.state.StateDirectory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs a worker with its event loop, its state directory and its socket, or checks these. */
final class WorkerProcess {

  private static final long CLOSE_S = 5;

  private final URI site;
  private final @Nullable String token;
  private final Path directory;
  private final int rate;
  private final int control;
  private final long waitNanos;
  private final CensusWorker.Settings settings;
  private volatile boolean stopping;
  private volatile @Nullable CensusWorker running;

  /**
   * @param token of a site that asks for one; else null
   * @param rate packets a second at most
   * @param control address of the control host; 0 for none
   * @param waitNanos how long a task waits for its last replies
   */
  WorkerProcess(
      URI site,
      @Nullable String token,
      Path directory,
      int rate,
      int control,
      long waitNanos,
      CensusWorker.Settings settings) {
    this.site = site;
    this.token = token;
    this.directory = directory;
    this.rate = rate;
    this.control = control;
    this.waitNanos = waitNanos;
    this.settings = settings;
  }

  /** Asks {@link #run} to return soon; another thread may call it. */
  void stop() {
    stopping = true;
    CensusWorker current = running;
    if (current != null) {
      current.stop();
    }
  }

  /**
   * Runs to the end.
   *
   * @return the exit code
   */
  int run(Reporter.Style style) throws InterruptedException {
    PingEngine engine = new PingEngine(rate, control, waitNanos, true);
    try (StateDirectory state = StateDirectory.open(directory, site)) {
      engine.start(IcmpSocket::open);
      return work(style, engine, state);
    }
  }

  private int work(Reporter.Style style, PingEngine engine, StateDirectory state)
      throws InterruptedException {
    Vertx vertx = vertx();
    try {
      Reporter reporter =
          new Reporter(style, System.out, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
      reporter.started(site.toString(), rate);
      CensusWorker current =
          new CensusWorker(vertx, siteClient(vertx), state, engine, settings, reporter);
      var ended = current.start().toCompletionStage().toCompletableFuture();
      running = current;
      if (stopping) {
        current.stop();
      }
      CensusWorker.Ending ending = ended.get();
      if (ending.message() != null) {
        System.err.println(ending.message());
      }
      return ending.exitCode();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      engine.close();
      close(vertx);
    }
  }

  /**
   * Checks the socket, the state directory and the site, and sends no ping.
   *
   * @return the exit code
   */
  int dryRun() throws InterruptedException {
    try (StateDirectory _ = StateDirectory.open(directory, site)) {
      try (EchoSocket socket = IcmpSocket.open()) {
        System.out.println("socket:     " + socket.description());
      }
      System.out.println("state:      " + directory.toAbsolutePath());
      System.out.println(
          "would:      lease "
              + settings.tasks()
              + (settings.tasks() == 1 ? " block" : " blocks")
              + " as "
              + (settings.contributor() == null
                  ? "no contributor (no --name)"
                  : settings.contributor())
              + ", ping at most "
              + rate
              + " addresses a second");
      return askSite();
    }
  }

  private int askSite() throws InterruptedException {
    Vertx vertx = vertx();
    try {
      System.out.println(
          "site:       "
              + site
              + ", "
              + siteClient(vertx).progress().toCompletionStage().toCompletableFuture().get());
      return 0;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      System.err.println(
          "The site " + site + " does not answer: " + (cause == null ? e : cause).getMessage());
      return 1;
    } finally {
      close(vertx);
    }
  }

  private SiteClient siteClient(Vertx vertx) {
    return new SiteClient(vertx, site, token, WorkerCommand.version());
  }

  /** One event loop is enough, and no files are served. */
  private static Vertx vertx() {
    // The JDK's resolver follows a laptop from network to network; Vert.x's reads its servers once.
    System.setProperty("vertx.disableDnsResolver", "true");
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2);
    options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    return Vertx.vertx(options);
  }

  private static void close(Vertx vertx) throws InterruptedException {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The process ends anyway.
    }
  }
}
