package dev.signalbox.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/** A site on loopback. It gives out tasks 1, 2, … unless the test has prepared other answers. */
public final class FakeSite implements AutoCloseable {

  /** A request as it came. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares requests.
  public record Request(
      String method, String path, Map<String, List<String>> headers, byte[] body) {

    public String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst()
          .orElse("");
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** An answer; headers are name, value, name, value. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
  public record Answer(int status, String body, String... headers) {

    public static Answer problem(int status, String code, String detail, String... headers) {
      return new Answer(
          status,
          "{\"code\":\"%s\",\"detail\":\"%s\",\"status\":%d}".formatted(code, detail, status),
          headers);
    }
  }

  public final List<Request> requests = new CopyOnWriteArrayList<>();

  /** Results that were taken, by task index. */
  public final Map<Integer, byte[]> results = new ConcurrentHashMap<>();

  /** Answers to the next leases, heartbeats, results and changes, instead of the usual ones. */
  public final ConcurrentLinkedDeque<Answer> nextLeases = new ConcurrentLinkedDeque<>();

  public final ConcurrentLinkedDeque<Answer> nextHeartbeats = new ConcurrentLinkedDeque<>();
  public final ConcurrentLinkedDeque<Answer> nextResults = new ConcurrentLinkedDeque<>();
  public final ConcurrentLinkedDeque<Answer> nextChanges = new ConcurrentLinkedDeque<>();

  /** How long leases last. */
  public volatile int leaseSeconds = 600;

  private final AtomicInteger leases = new AtomicInteger();
  private final AtomicInteger tasks;
  private final int lastTask;
  private final Map<String, Answer> leasesByKey = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final InetSocketAddress address;
  private HttpServer server;

  public FakeSite(int firstTask, int taskCount) {
    this.tasks = new AtomicInteger(firstTask);
    this.lastTask = firstTask + taskCount - 1;
    server = start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    this.address = server.getAddress();
  }

  private HttpServer start(InetSocketAddress at) {
    try {
      HttpServer fresh = HttpServer.create(at, 0);
      fresh.createContext("/", this::handle);
      fresh.setExecutor(threads);
      fresh.start();
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + address.getPort());
  }

  /** Refuses connections until {@link #up}. */
  public void down() {
    server.stop(0);
  }

  public void up() {
    server = start(address);
  }

  public List<Request> requests(String method, String end) {
    return requests.stream()
        .filter(request -> request.method().equals(method) && request.path().endsWith(end))
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              exchange.getRequestHeaders(),
              exchange.getRequestBody().readAllBytes());
      Answer answer = answer(request);
      requests.add(request);
      for (int i = 0; i < answer.headers().length; i += 2) {
        exchange.getResponseHeaders().add(answer.headers()[i], answer.headers()[i + 1]);
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answer(Request request) throws IOException {
    String path = request.path();
    if (path.endsWith("/census/leases")) {
      return next(nextLeases, () -> lease(request));
    }
    if (path.endsWith("/heartbeat")) {
      return next(nextHeartbeats, () -> new Answer(200, "{\"expires_at\":\"" + expiry() + "\"}"));
    }
    if (path.endsWith("/result")) {
      byte[] codes = new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes();
      String[] parts = path.split("/");
      return next(
          nextResults,
          () -> {
            int index = Integer.parseInt(parts[parts.length - 2]);
            results.put(index, codes);
            return new Answer(
                200, "{\"task_index\":%d,\"repeated\":false,\"answered\":1}".formatted(index));
          });
    }
    if (request.method().equals("PATCH")) {
      return next(nextChanges, () -> new Answer(200, "{\"listed\":true}"));
    }
    if (request.method().equals("DELETE")) {
      return new Answer(200, "{\"released\":1}");
    }
    return new Answer(200, "{\"done_tasks\":1,\"total_tasks\":2}");
  }

  private static Answer next(
      ConcurrentLinkedDeque<Answer> prepared, java.util.function.Supplier<Answer> usual) {
    Answer answer = prepared.poll();
    return answer == null ? usual.get() : answer;
  }

  private String expiry() {
    return Instant.now().plusSeconds(leaseSeconds).toString();
  }

  private Answer lease(Request request) {
    Function<String, Answer> make =
        _ -> {
          int count = Integer.parseInt(request.text().replaceFirst(".*\"count\":(\\d+).*", "$1"));
          StringBuilder leased = new StringBuilder();
          for (int i = 0; i < count && tasks.get() <= lastTask; i++) {
            int index = tasks.getAndIncrement();
            leased
                .append(leased.isEmpty() ? "" : ",")
                .append(
                    "{\"task_index\":%d,\"exclude\":[\"%d.%d.2.0/24\"]}"
                        .formatted(index, index >> 8, index & 255));
          }
          return new Answer(
              201,
              "{\"lease_id\":\"lease-%d\",\"token\":\"token\",\"expires_at\":\"%s\",\"tasks\":[%s],\"max_rate_pps\":1000000}"
                  .formatted(leases.incrementAndGet(), expiry(), leased));
        };
    if (tasks.get() > lastTask && !leasesByKey.containsKey(request.header("Idempotency-Key"))) {
      return Answer.problem(404, "NO_TASKS_AVAILABLE", "Every task is done", "Retry-After", "1");
    }
    return leasesByKey.computeIfAbsent(request.header("Idempotency-Key"), make);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
