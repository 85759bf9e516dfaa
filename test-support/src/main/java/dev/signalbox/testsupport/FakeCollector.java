package dev.signalbox.testsupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A collector of traces on loopback that takes spans by OTLP over HTTP, or refuses to. */
public final class FakeCollector implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String PATH = "/v1/traces";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<CollectedSpan> spans = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final int status;

  private FakeCollector(HttpServer server, int status) {
    this.server = server;
    this.status = status;
    server.setExecutor(threads);
    server.createContext(PATH, this::take);
    server.start();
  }

  /** Takes everything. */
  public static FakeCollector start() {
    return answering(200);
  }

  /** Takes nothing and answers with a status; 0: never answers. */
  public static FakeCollector answering(int status) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return new FakeCollector(HttpServer.create(address, 64), status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      requests.incrementAndGet();
      if (status == 0) {
        closed.await();
        return;
      }
      if (status == 200) {
        ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().forEach(this::keep);
      }
      exchange.sendResponseHeaders(status, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void keep(ResourceSpans sent) {
    for (ScopeSpans scope : sent.getScopeSpansList()) {
      scope.getSpansList().forEach(span -> spans.add(CollectedSpan.of(sent.getResource(), span)));
    }
    notifyAll();
  }

  /** What {@code platform.trace-endpoint} is to be. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Everything taken so far. */
  public List<CollectedSpan> spans() {
    return List.copyOf(spans);
  }

  /** Batches that came, whether taken or not. */
  public int requests() {
    return requests.get();
  }

  /** Waits for a span; fails when none comes. */
  public synchronized CollectedSpan await(String what, Predicate<CollectedSpan> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var found = spans.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("no span: " + what + "; there are " + spans);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
