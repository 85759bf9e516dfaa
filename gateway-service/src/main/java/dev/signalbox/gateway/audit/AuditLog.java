package dev.signalbox.gateway.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.platform.json.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line of JSON for each call that changes something. No request waits for it or fails with
 * it: lines for which the queue or the disk has no room are lost, counted, and reported once until
 * lines are written again. Any thread may use it.
 */
public final class AuditLog {

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  static final long QUEUE_BYTES = 4 << 20;
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path path;
  private final RotatingFile file;
  private final Vertx vertx;
  // Not one of Vert.x: that would end with the verticle that opened the log, before its last lines.
  private final ExecutorService thread;
  private final long queueBytes;
  private final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queued = new AtomicLong();
  private final AtomicBoolean writing = new AtomicBoolean();
  private final AtomicBoolean losing = new AtomicBoolean();
  private volatile boolean closed;
  private final Counter written;
  private final Counter lost;

  private AuditLog(
      Vertx vertx,
      Path path,
      RotatingFile file,
      MeterRegistry metrics,
      long queueBytes,
      ExecutorService thread) {
    this.vertx = vertx;
    this.path = path;
    this.file = file;
    this.thread = thread;
    this.queueBytes = queueBytes;
    this.written =
        Counter.builder("signalbox.gateway.audit.written")
            .description("Lines written to the audit log")
            .register(metrics);
    this.lost =
        Counter.builder("signalbox.gateway.audit.lost")
            .description("Lines that the audit log had no room for")
            .register(metrics);
    Gauge.builder("signalbox.gateway.audit.queued", queued, AtomicLong::get)
        .description("Memory held for lines that are not in the audit log yet")
        .baseUnit("bytes")
        .register(metrics);
  }

  /**
   * Opens the file.
   *
   * @param maxBytes after which it is renamed
   * @param kept how many old files are kept
   * @throws IOException when it is no regular file, cannot be opened or another process writes it
   */
  public static AuditLog open(
      Vertx vertx, Path path, long maxBytes, int kept, MeterRegistry metrics) throws IOException {
    // Before it is opened: opening a pipe waits for somebody who reads it.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is no regular file");
    }
    ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("audit-log").factory());
    try {
      return open(vertx, path, maxBytes, kept, metrics, QUEUE_BYTES, thread);
    } catch (IOException | RuntimeException e) {
      thread.shutdown();
      throw e;
    }
  }

  static AuditLog open(
      Vertx vertx,
      Path path,
      long maxBytes,
      int kept,
      MeterRegistry metrics,
      long queueBytes,
      ExecutorService thread)
      throws IOException {
    return new AuditLog(
        vertx, path, RotatingFile.open(path, maxBytes, kept), metrics, queueBytes, thread);
  }

  /**
   * A call.
   *
   * @param time of its end, RFC 3339
   * @param token name of the caller's token or certificate; null without one, or one without a name
   * @param role of the token or certificate; null without one
   * @param credential {@code certificate} for a caller that proved itself by one; else null
   * @param peer address that the request came from
   * @param proxy the trusted proxy that named that address; null without one
   * @param path without the query, which may have secrets
   * @param route template of the route; null when none matched
   */
  public record Entry(
      String time,
      @Nullable String token,
      @Nullable String role,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String credential,
      String peer,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String proxy,
      String method,
      String path,
      @Nullable String route,
      int status,
      String requestId) {}

  /** Records a call; returns at once. */
  public void record(Entry entry) {
    try {
      enqueue(entry);
    } catch (RuntimeException e) {
      lose(1, e.toString()); // Whatever it is, the request has ended and goes on to release all.
    }
  }

  private void enqueue(Entry entry) {
    byte[] json = Json.bytes(entry);
    byte[] line = new byte[json.length + 1];
    System.arraycopy(json, 0, line, 0, json.length);
    line[json.length] = '\n';
    if (closed || queued.addAndGet(line.length) > queueBytes) {
      if (!closed) {
        queued.addAndGet(-line.length);
      }
      lose(1, closed ? "it is closed" : "the disk is too slow");
      return;
    }
    queue.add(line);
    wake();
  }

  private void wake() {
    if (writing.compareAndSet(false, true)) {
      thread.execute(() -> {
        try {
          drain();
        } finally {
          writing.set(false);
        }
        if (!queue.isEmpty() && !closed) {
          wake();
        }
      });
    }
  }

  /** Writes what is queued, many lines at once. */
  private void drain() {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    int lines = 0;
    for (byte[] line = queue.poll(); line != null; line = queue.poll()) {
      chunk.writeBytes(line);
      lines++;
      if (chunk.size() >= CHUNK_BYTES) {
        write(chunk, lines);
        lines = 0;
      }
    }
    if (lines > 0) {
      write(chunk, lines);
    }
  }

  private void write(ByteArrayOutputStream chunk, int lines) {
    int bytes = chunk.size();
    try {
      file.append(chunk.toByteArray());
      written.increment(lines);
      if (losing.compareAndSet(true, false)) {
        LOG.info("the audit log {} is written again; lines lost so far: {}", path, lost());
      }
    } catch (IOException e) {
      lose(lines, e.toString());
    } finally {
      chunk.reset();
      queued.addAndGet(-bytes);
    }
  }

  private void lose(int lines, String why) {
    lost.increment(lines);
    if (losing.compareAndSet(false, true)) {
      LOG.error("the audit log {} loses lines: {}", path, why);
    }
  }

  private long lost() {
    return (long) lost.count();
  }

  /** Writes what is queued and closes the file. */
  public Future<Void> close() {
    closed = true;
    Promise<Void> over = ((VertxInternal) vertx).getOrCreateContext().promise();
    thread.execute(() -> {
      try {
        drain();
        file.close();
      } catch (IOException e) {
        LOG.warn("cannot close the audit log {}: {}", path, e.toString());
      } finally {
        over.complete();
      }
    });
    thread.shutdown();
    return over.future();
  }
}
