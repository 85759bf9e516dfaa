package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A round at its real pace: each worker leases a block, sends a heartbeat every so many seconds,
 * and hands the result in when it would have pinged the block, then leases the next. Settings are
 * {@code key=value}: {@code port}, {@code workers} (1,000), {@code seconds} (600) in all, {@code
 * block} (218, 65,536 addresses at 300 a second) and {@code beat} (60) seconds. Prints the
 * latencies of each kind of call as {@code key=value}, and exits 1 when one was answered otherwise
 * than it should.
 */
public final class CensusPace {

  private static final long SECOND = 1_000_000_000L;

  private final int port;
  private final int workers;
  private final long end;
  private final long blockNanos;
  private final long beatNanos;
  private final CensusContent content = new CensusContent(42);
  private final Latencies leases = new Latencies("lease");
  private final Latencies beats = new Latencies("heartbeat");
  private final Latencies results = new Latencies("result");
  private final AtomicLong failed = new AtomicLong();
  private volatile @Nullable String failure;

  private CensusPace(int port, int workers, int seconds, int block, int beat) {
    this.port = port;
    this.workers = workers;
    this.end = System.nanoTime() + seconds * SECOND;
    this.blockNanos = block * SECOND;
    this.beatNanos = beat * SECOND;
  }

  /** How long the calls of a kind took. */
  private record Latencies(String kind, ConcurrentLinkedQueue<Long> nanos) {

    Latencies(String kind) {
      this(kind, new ConcurrentLinkedQueue<>());
    }

    String line() {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return String.format(
          Locale.ROOT,
          "%s=%d p50_ms=%.1f p99_ms=%.1f max_ms=%.1f",
          kind,
          sorted.length,
          at(sorted, 0.5),
          at(sorted, 0.99),
          at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
      return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1e6;
    }
  }

  static void main(String[] args) throws InterruptedException {
    CensusPace pace =
        new CensusPace(
            setting(args, "port", 0),
            setting(args, "workers", 1_000),
            setting(args, "seconds", 600),
            setting(args, "block", 218),
            setting(args, "beat", 60));
    System.exit(pace.run() ? 0 : 1);
  }

  private static int setting(String[] args, String key, int otherwise) {
    return Arrays.stream(args)
        .filter(arg -> arg.startsWith(key + "="))
        .mapToInt(arg -> Integer.parseInt(arg.substring(key.length() + 1)))
        .findFirst()
        .orElse(otherwise);
  }

  private boolean run() throws InterruptedException {
    List<Thread> threads =
        IntStream.range(0, workers).mapToObj(i -> Thread.ofVirtual().start(() -> work(i))).toList();
    for (Thread thread : threads) {
      thread.join();
    }
    for (Latencies kind : List.of(leases, beats, results)) {
      System.out.println(kind.line());
    }
    System.out.println("failed=" + failed + (failure == null ? "" : " first: " + failure));
    return failed.get() == 0;
  }

  private void work(int worker) {
    // Volunteers come one after another, so that the pace is even from the start.
    long next = System.nanoTime() + blockNanos * worker / workers;
    while (sleepUntil(next)) {
      try {
        next = block("worker-" + worker, next);
      } catch (IOException e) {
        failed.incrementAndGet();
        failure = e.toString();
        next += blockNanos;
      }
    }
  }

  /** One block from its lease to its result; when that was due. */
  private long block(String worker, long start) throws IOException {
    String lease =
        call(
            leases,
            201,
            "POST /api/v1/census/leases",
            "Content-Type: application/json\r\n",
            ("{\"worker\":\"" + worker + "\",\"count\":1}").getBytes(StandardCharsets.US_ASCII));
    String id = text(lease, "\"lease_id\":\"");
    int task = Integer.parseInt(lease.replaceFirst("(?s).*\"task_index\":(\\d+).*", "$1"));
    long due = start + blockNanos;
    long beat = start + beatNanos;
    while (beat < due) {
      if (!sleepUntil(beat)) {
        return due;
      }
      call(
          beats,
          200,
          "POST /api/v1/census/leases/" + id + "/heartbeat",
          "Content-Type: application/json\r\n",
          ("{\"done\":{\"" + task + "\":0.5}}").getBytes(StandardCharsets.US_ASCII));
      beat += beatNanos;
    }
    if (sleepUntil(due)) {
      call(
          results,
          200,
          "PUT /api/v1/census/tasks/" + task + "/result",
          "Content-Type: application/octet-stream\r\nLease-Token: "
              + text(lease, "\"token\":\"")
              + "\r\n",
          content.bitmap(task));
    }
    return due;
  }

  /** On a connection of its own: volunteers' connections do not outlive a minute of silence. */
  private String call(Latencies kind, int status, String request, String headers, byte[] body)
      throws IOException {
    long asked = System.nanoTime();
    try (HttpConnection door = new HttpConnection(port)) {
      HttpConnection.Answer answer = door.send(request, headers, body);
      kind.nanos.add(System.nanoTime() - asked);
      if (answer.status() != status) {
        throw new IOException(request + " answered " + answer);
      }
      return answer.text();
    }
  }

  private static String text(String json, String key) {
    int start = json.indexOf(key) + key.length();
    return json.substring(start, json.indexOf('"', start));
  }

  /** False when the measurement is over before. */
  private boolean sleepUntil(long time) {
    long wake = Math.min(time, end);
    while (System.nanoTime() < wake) {
      LockSupport.parkNanos(wake - System.nanoTime());
    }
    return time < end;
  }
}
