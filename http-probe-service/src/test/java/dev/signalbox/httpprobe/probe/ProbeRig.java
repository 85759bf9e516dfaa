package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.connect.Connector;
import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.reuse.KeptConnections;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.task.ProbeTaskReader;
import dev.signalbox.httpprobe.tls.TlsEngines;
import dev.signalbox.httpprobe.tls.TlsLayer;
import dev.signalbox.httpprobe.tls.TrustStore;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.testsupport.TestNode;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ScheduledTasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Probes on an event loop of their own, with everything they hold in view. */
public final class ProbeRig implements AutoCloseable {

  private static final long PATIENCE_S = 30;

  /** Addresses that no probe may reach. */
  public static final String DENIED = "198.51.100.0/24";

  private final Vertx vertx = Vertx.vertx();
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final MemoryBudget memory = new MemoryBudget(64L << 20);
  private final KeptConnections kept;
  private final TargetLimits limits;
  private final Probes probes;
  private volatile InetAddress named = InetAddress.getLoopbackAddress();

  public ProbeRig() {
    this(new TargetLimits(0, 0));
  }

  public ProbeRig(TargetLimits limits) {
    this(limits, null, true, Duration.ofSeconds(PATIENCE_S));
  }

  /** Keeps connections for so long. */
  public static ProbeRig keeping(Duration idle) {
    return new ProbeRig(new TargetLimits(0, 0), null, true, idle);
  }

  /** Trusts one certificate alone. */
  public static ProbeRig trusting(X509Certificate certificate, boolean preferNative) {
    return new ProbeRig(
        new TargetLimits(0, 0), certificate, preferNative, Duration.ofSeconds(PATIENCE_S));
  }

  /** Trusts what this machine's Java trusts. */
  public static ProbeRig withTls(boolean preferNative) {
    return new ProbeRig(new TargetLimits(0, 0), null, preferNative, Duration.ofSeconds(PATIENCE_S));
  }

  private ProbeRig(
      TargetLimits limits, X509Certificate trusted, boolean preferNative, Duration idle) {
    this.kept = new KeptConnections(new KeptConnections.Bounds(2, 1, idle));
    TlsLayer own = trusted == null ? null : layer(trusted, preferNative);
    Supplier<Future<TlsLayer>> tls =
        own == null
            ? new TrustStore(vertx, preferNative, "")::tls
            : () -> Future.succeededFuture(own);
    this.limits = limits;
    this.probes =
        new Probes(
            new ProbeParts(
                loop,
                (name, deadline, cancellation, trace) -> Future.succeededFuture(List.of(named)),
                new TargetGuard(new GuardConfig(List.of(), List.of(DENIED), true).rules()),
                limits,
                new Connector(loop, NioSocketChannel::new),
                tls,
                kept,
                memory));
  }

  /** From now on every name has this address. */
  public void resolveTo(InetAddress address) {
    named = address;
  }

  /** Starts a probe. */
  public Probe start(String url, Object... more) {
    return start(task(url, more));
  }

  /** Cancels a probe and looks, in the same breath, at what is still held. */
  public void cancelAndExpectNothingHeld(Probe probe) {
    on(() -> {
      probe.cancel(ProbeException.internal("cancelled"));
      expectNothingHeld();
      return true;
    });
  }

  /** Runs a probe that succeeds. */
  public Map<String, Object> probe(String url, Object... more) {
    ProbeResult result = TestNode.await(start(url, more).result());
    return new HashMap<>(new ProbeReport(result).full());
  }

  /** Runs a probe that fails, and sees that it holds nothing any more. */
  public TaskError failedProbe(String url, Object... more) {
    TaskError error = failedProbeWithKept(url, more);
    expectIdle();
    return error;
  }

  /** Runs a probe that fails, while connections of others may be kept. */
  public TaskError failedProbeWithKept(String url, Object... more) {
    return failed(start(url, more));
  }

  /** Starts a probe of a task. */
  Probe start(ProbeTask task) {
    return on(() -> startHere(task));
  }

  /** Starts a probe of a task as part of a trace. */
  Probe start(ProbeTask task, TraceContext trace) {
    return on(() -> startHere(task, trace));
  }

  /** Waits for the error of a probe. */
  TaskError failed(Probe probe) {
    try {
      probe.result().toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      assertThat(failed.getCause()).isInstanceOf(ProbeException.class);
      return ((ProbeException) failed.getCause()).error();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("the probe succeeded");
  }

  /** Runs something on the event loop. */
  void execute(Runnable work) {
    loop.execute(work);
  }

  /** Starts a probe; to be called on the event loop. */
  Probe startHere(ProbeTask task) {
    return startHere(task, null);
  }

  private Probe startHere(ProbeTask task, @Nullable TraceContext trace) {
    Probe probe = probes.start(task, Cancellation.NEVER, trace);
    // As the service does when it has reported the result.
    probe.result().onSuccess(result -> memory.release(result.heldBytes()));
    return probe;
  }

  /** Cancels all probes. */
  void cancelAll() {
    on(() -> {
      probes.cancelAll();
      return true;
    });
  }

  /** Nothing is held for any probe, as seen from the event loop. */
  public void expectIdle() {
    on(() -> {
      expectNothingHeld();
      return true;
    });
  }

  /** Connections kept. */
  public int kept() {
    return on(kept::size);
  }

  /** As when the service stops. */
  public void closeKept() {
    on(() -> {
      kept.close();
      return true;
    });
  }

  /** Bytes of bodies. */
  public long memory() {
    return memory.held();
  }

  /** Probes that have not ended. */
  public int underWay() {
    return on(probes::underWay);
  }

  private void expectNothingHeld() {
    assertThat(probes.underWay()).as("probes").isZero();
    assertThat(memory.held()).as("memory").isZero();
    assertThat(ScheduledTasks.pending(loop)).as("timers").isZero();
    assertThat(limits.targets()).as("places at targets").isZero();
  }

  private static TlsLayer layer(X509Certificate trusted, boolean preferNative) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("trusted", trusted);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      var judge = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
      return new TlsLayer(judge, TlsEngines.of(preferNative, judge));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private <T> T on(Callable<T> work) {
    try {
      return loop.submit(work).get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e.getCause() == null ? e : e.getCause());
    }
  }

  /** A task as the service would read it. */
  public static ProbeTask task(String url, Object... more) {
    Map<String, Object> params = new HashMap<>();
    params.put("url", url);
    for (int i = 0; i < more.length; i += 2) {
      params.put((String) more[i], more[i + 1]);
    }
    var read = reader().read(new TaskRequest("http_probe", params));
    assertThat(read).isInstanceOf(ProbeTaskReader.Read.Good.class);
    return ((ProbeTaskReader.Read.Good) read).task();
  }

  /** As by default. */
  public static HttpProbeConfig config() {
    return new HttpProbeConfig(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        10_000,
        1_048_576,
        8_388_608,
        67_108_864,
        0,
        0,
        256,
        16,
        Duration.ofSeconds(10),
        true,
        "",
        "");
  }

  /** Of tasks, with no client certificates. */
  public static ProbeTaskReader reader() {
    return new ProbeTaskReader(config(), _ -> Optional.empty());
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, PATIENCE_S, TimeUnit.SECONDS).awaitUninterruptibly();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
