package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.systemtests.Call.Outcome;
import dev.signalbox.systemtests.LoadClient.Door;
import dev.signalbox.systemtests.LoadClient.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Uses every capability at a fixed rate, however long answers take. Bounded: it ends by itself
 * after some time, and sends nothing more while too many answers are out.
 */
final class SteadyLoad {

  /** Requests a second for each capability, unless it is told another rate. */
  static final int RATE = 10;

  private static final int MOST_IN_FLIGHT = 400;
  private static final int MEETINGS = 4;

  /** Servers on demand that run throughout. */
  private static final int KEPT = 2;

  private static final String CONTENT = "Content-Type: application/octet-stream";
  private static final String TASK = "{\"task_name\":\"%s\",\"timeout_ms\":5000,\"params\":{%s}}";

  private final Fleet fleet;
  private final History history;
  private final LoadClient client;
  private final Random random = new Random(7);
  private final Map<Capability, AtomicInteger> inFlight = new EnumMap<>(Capability.class);
  private final AtomicInteger numbers;
  private int rate = RATE;
  private Duration longest = Duration.ofMinutes(10);
  private @Nullable ScheduledExecutorService clock;

  SteadyLoad(Fleet fleet, History history) {
    this(fleet, history, history::add, new AtomicInteger());
  }

  private SteadyLoad(Fleet fleet, History history, Consumer<Call> calls, AtomicInteger numbers) {
    this.fleet = fleet;
    this.history = history;
    this.client = new LoadClient(calls);
    this.numbers = numbers;
    for (Capability capability : Capability.values()) {
      inFlight.put(capability, new AtomicInteger());
    }
  }

  /** How much later than their deadlines answers may be here. */
  void grace(Duration time) {
    client.grace(time);
  }

  /** At another rate, and for longer, when it is turned on the next time. */
  void rate(int perSecond, Duration most) {
    rate = perSecond;
    longest = most;
  }

  void on() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    clock = executor;
    List<ScheduledFuture<?>> ticks = new ArrayList<>();
    long period = TimeUnit.SECONDS.toMicros(1) / rate;
    long first = 0;
    for (Capability capability : Capability.values()) {
      if (fleet.of(capability.service).isEmpty()) {
        continue;
      }
      ticks.add(
          executor.scheduleAtFixedRate(
              () -> tick(capability), first, period, TimeUnit.MICROSECONDS));
      // Not all at the same moment.
      first += period / Capability.values().length;
    }
    executor.schedule(
        () -> ticks.forEach(t -> t.cancel(false)), longest.toSeconds(), TimeUnit.SECONDS);
  }

  /** Sends nothing more, and waits until all is answered or given up. */
  void off() {
    if (clock != null) {
      clock.shutdownNow();
      Awaitility.await("answers")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> inFlight.values().stream().allMatch(n -> n.get() == 0));
    }
  }

  private void tick(Capability capability) {
    AtomicInteger out = inFlight.get(capability);
    if (out == null || out.get() >= MOST_IN_FLIGHT) {
      return;
    }
    out.incrementAndGet();
    int number = numbers.incrementAndGet();
    List<Door> doors = Door.of(fleet.balanced());
    Thread.ofVirtual()
        .start(() -> {
          try {
            use(capability, number, doors);
          } finally {
            out.decrementAndGet();
          }
        });
  }

  /** Uses a capability once. */
  void use(Capability capability, int number, List<Door> doors) {
    switch (capability) {
      case DNS -> dns(number, doors);
      case PROBE -> probe(number, doors);
      case SERVERS -> servers(number, doors);
      case FILES -> files(number, doors);
      case CODES -> code(number, doors);
      case MESSAGES -> message(number, doors);
      case CENSUS -> census(number, doors);
    }
  }

  /**
   * Uses every capability through one gateway alone, so often that every replica is met. These
   * calls are not in the history; what was acknowledged is.
   */
  List<Call> useAll(FleetMember gateway) {
    List<Call> calls = new CopyOnWriteArrayList<>();
    SteadyLoad probe = new SteadyLoad(fleet, history, calls::add, numbers);
    List<Door> door = Door.of(List.of(gateway));
    Load atOnce = new Load();
    for (Capability capability : Capability.values()) {
      if (fleet.of(capability.service).isEmpty()) {
        continue;
      }
      atOnce.run(() -> {
        for (int i = 0; i < MEETINGS && calls.stream().noneMatch(Call::failed); i++) {
          if (capability == Capability.SERVERS) {
            probe.list(door);
            probe.visit(i);
          } else {
            probe.use(capability, numbers.incrementAndGet(), door);
          }
        }
      });
    }
    try {
      atOnce.awaitAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return calls;
  }

  private boolean sometimes(int of) {
    synchronized (random) {
      return random.nextInt(of) == 0;
    }
  }

  private void dns(int number, List<Door> doors) {
    String params = "\"domain\":\"" + FleetTargets.name(number) + "\"";
    client.send(
        Capability.DNS,
        "query",
        doors,
        Request.json("/api/v1/tasks", TASK.formatted("dns_query", params)),
        reply ->
            finished(
                reply,
                result -> result.path("ip_address").asText().equals(FleetTargets.address(number))));
  }

  private void probe(int number, List<Door> doors) {
    String path = "/page/" + number;
    String params =
        "\"url\":\"http://%s:8000%s\",\"include_body\":true,\"timeout_ms\":4000"
            .formatted(fleet.network.hub(), path);
    client.send(
        Capability.PROBE,
        "probe",
        doors,
        Request.json("/api/v1/tasks", TASK.formatted("http_probe", params)),
        reply ->
            finished(
                reply,
                result ->
                    result.path("status_code").asInt() == 200
                        && result.path("data").asText().equals(FleetTargets.body(path))));
  }

  private static Outcome finished(Reply reply, Predicate<JsonNode> right) {
    JsonNode answer = reply.json();
    if (!answer.path("status").asText().equals("finished")) {
      return Outcome.FAILED;
    }
    return LoadClient.right(right.test(answer.path("result")));
  }

  private void code(int number, List<Door> doors) {
    String uuid = "uuid-" + number;
    if (sometimes(2)) {
      // One that has a code already.
      uuid = history.codes.keySet().stream().skip(number % 50).findFirst().orElse(uuid);
    }
    code(uuid, doors);
  }

  private Optional<String> code(String uuid, List<Door> doors) {
    return client
        .send(
            Capability.CODES,
            "code",
            doors,
            Request.json("/api/v1/codes", "{\"uuid\":\"" + uuid + "\"}"),
            reply -> {
              String code = reply.json().path("unique").asText();
              String known = history.codes.putIfAbsent(uuid, code);
              return LoadClient.right(!code.isEmpty() && (known == null || known.equals(code)));
            })
        .map(reply -> reply.json().path("unique").asText());
  }

  private void message(int number, List<Door> doors) {
    Optional<Map.Entry<String, String>> known = history.codes.entrySet().stream().findFirst();
    if (known.isEmpty()) {
      code("first", doors);
      return;
    }
    if (!history.messages.isEmpty() && sometimes(4)) {
      read(number, doors);
      return;
    }
    String text = "message " + number;
    client
        .send(
            Capability.MESSAGES,
            "message",
            doors,
            Request.json(
                "/api/v1/messages",
                "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"%s\"}"
                    .formatted(known.get().getKey(), known.get().getValue(), text)),
            reply -> LoadClient.right(reply.json().path("id").asLong() > 0))
        .ifPresent(stored -> history.messages.add(text));
  }

  /** Reads a page somewhere among the messages that are stored, each of which has the next id. */
  private void read(int number, List<Door> doors) {
    int after = number % history.messages.size();
    client.send(
        Capability.MESSAGES,
        "read",
        doors,
        Request.get("/api/v1/messages?limit=10&after=" + after),
        reply -> {
          JsonNode items = reply.json().path("items");
          boolean right = !items.isEmpty();
          for (int i = 0; i < items.size(); i++) {
            right &=
                items.path(i).path("id").asLong() == after + i + 1
                    && items.path(i).path("text").asText().startsWith("message ");
          }
          return LoadClient.right(right);
        });
  }

  private void files(int number, List<Door> doors) {
    Map.Entry<Integer, Boolean> stored =
        sometimes(2) ? history.uploads.lowerEntry(number - RATE) : null;
    if (stored != null) {
      client.send(
          Capability.FILES,
          "download",
          doors,
          Request.get(History.uploadPath(stored.getKey())),
          reply -> LoadClient.right(reply.text().equals(Pressure.content(stored.getKey()))));
      return;
    }
    byte[] content = Pressure.content(number).getBytes(StandardCharsets.UTF_8);
    client
        .send(
            Capability.FILES,
            "upload",
            doors,
            Request.put("/api/v1/files" + History.uploadPath(number), content, CONTENT),
            reply -> Outcome.GOOD)
        .ifPresent(reply -> history.uploads.put(number, true));
  }

  private void census(int number, List<Door> doors) {
    client
        .send(
            Capability.CENSUS,
            "lease",
            doors,
            Request.json("/api/v1/census/leases", "{\"worker\":\"load\",\"count\":1}"),
            reply -> LoadClient.right(reply.json().path("tasks").size() == 1))
        .ifPresent(reply -> {
          JsonNode lease = reply.json();
          int task = lease.path("tasks").path(0).path("task_index").asInt(-1);
          if (history.leases.putIfAbsent(task, number) != null) {
            history.leasedTwice.add(task);
          }
          submit(task, number, lease.path("token").asText(), doors);
        });
  }

  private void submit(int task, int number, String token, List<Door> doors) {
    client
        .send(
            Capability.CENSUS,
            "submit",
            doors,
            Request.put(
                "/api/v1/census/tasks/" + task + "/result",
                History.bitmap(number),
                CONTENT,
                "Lease-Token: " + token),
            reply -> LoadClient.right(reply.json().path("task_index").asInt(-1) == task))
        .ifPresent(reply -> {
          if (history.results.putIfAbsent(task, number) != null) {
            history.leasedTwice.add(task);
          }
        });
  }

  private void servers(int number, List<Door> doors) {
    int running = history.servers.size();
    if (running < 3) {
      start(number, doors);
    } else if (running > 6) {
      stop(doors);
    } else {
      switch (number % 10) {
        case 0 -> start(number, doors);
        case 1 -> stop(doors);
        case 2, 3 -> list(doors);
        default -> visit(number);
      }
    }
  }

  private static int port(int number) {
    return 20_000 + number % 10_000;
  }

  private void start(int number, List<Door> doors) {
    client
        .send(
            Capability.SERVERS,
            "start",
            doors,
            Request.json(
                "/api/v1/servers",
                "{\"port\":%d,\"page_uri\":\"/on-demand-%d\",\"response_data\":\"page %d\"}"
                    .formatted(port(number), number, number)),
            reply -> LoadClient.right(reply.json().path("port").asInt() == port(number)))
        .ifPresent(reply -> {
          String id = reply.json().path("server_id").asText();
          history.servers.put(id, number);
          if (history.kept.size() < KEPT) {
            history.kept.put(id, number);
          }
        });
  }

  private void stop(List<Door> doors) {
    Optional<String> oldest =
        history.servers.entrySet().stream()
            .filter(server -> !history.kept.containsKey(server.getKey()))
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    if (oldest.isEmpty()) {
      return;
    }
    String id = oldest.get();
    Integer number = history.servers.remove(id);
    if (number == null) {
      return;
    }
    history.unsure.add(id);
    client
        .send(
            Capability.SERVERS,
            "stop",
            doors,
            Request.delete("/api/v1/servers/" + id),
            reply -> Outcome.GOOD)
        .ifPresent(reply -> {
          history.unsure.remove(id);
          history.stopped.add(id);
        });
  }

  private void list(List<Door> doors) {
    List<String> started = List.copyOf(history.servers.keySet());
    List<String> stopped = List.copyOf(history.stopped);
    client.send(
        Capability.SERVERS,
        "list",
        doors,
        Request.get("/api/v1/servers?limit=1000"),
        reply -> {
          List<String> listed = reply.json().path("items").findValuesAsText("server_id");
          boolean all =
              started.stream()
                  .allMatch(id -> listed.contains(id) || !history.servers.containsKey(id));
          return LoadClient.right(all && stopped.stream().noneMatch(listed::contains));
        });
  }

  /** Asks a server on demand itself, at whatever replica it is. */
  private void visit(int turn) {
    List<Integer> kept = List.copyOf(history.kept.values());
    if (kept.isEmpty()) {
      return;
    }
    int number = kept.get(turn % kept.size());
    List<Door> owners =
        fleet.of("server-factory-service").stream()
            .map(owner -> new Door(owner.name, owner.address, port(number), false))
            .toList();
    client.send(
        Capability.SERVERS,
        "visit",
        owners,
        Request.get("/on-demand-" + number),
        reply -> LoadClient.right(reply.text().equals("page " + number)));
  }
}
