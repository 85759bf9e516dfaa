package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a ledger with results as dense as those of the Internet, and times the tiles of its map.
 * Settings are {@code key=value}:
 *
 * <ul>
 *   <li>{@code port}: of the gateway on 127.0.0.1
 *   <li>{@code fill}: tasks to hand in, 0 for none; a few more are leased and stay in progress
 *   <li>{@code workers}: connections that fill, each another contributor
 *   <li>{@code tiles}: tiles of each zoom to time, 0 for none
 * </ul>
 */
public final class MapLoad {

  private static final String JSON = "Content-Type: application/json\r\n";
  private static final List<String> NAMES =
      List.of("ada", "grace", "dennis", "radia", "vint", "barbara", "jon", "elizabeth");
  private static final Pattern TASK = Pattern.compile("\"task_index\":(\\d+)");
  private static final int AT_ONCE = 32;
  private static final int LEFT_LEASED = 40;
  private static final int MAX_ZOOM = 8;

  private final Map<String, String> settings = new HashMap<>();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

  private MapLoad(String[] args) {
    for (String arg : args) {
      int equals = arg.indexOf('=');
      settings.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
  }

  static void main(String[] args) throws IOException, InterruptedException {
    MapLoad load = new MapLoad(args);
    load.fill();
    load.times();
  }

  private int number(String key) {
    return Integer.parseInt(settings.getOrDefault(key, "0"));
  }

  private void fill() throws IOException, InterruptedException {
    left.set(number("fill"));
    if (left.get() == 0) {
      return;
    }
    long started = System.nanoTime();
    List<Thread> threads =
        IntStream.range(0, Math.clamp(number("workers"), 1, NAMES.size()))
            .mapToObj(i -> Thread.ofPlatform().start(() -> work(NAMES.get(i))))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    IOException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    System.out.printf(
        "filled=%d seconds=%.1f%n", number("fill"), (System.nanoTime() - started) / 1e9);
  }

  private void work(String name) {
    String key = "";
    try (HttpConnection door = new HttpConnection(number("port"))) {
      boolean more = true;
      while (more) {
        int count = left.getAndAdd(-AT_ONCE) <= 0 ? LEFT_LEASED : AT_ONCE;
        HttpConnection.Answer answer =
            door.send(
                "POST /api/v1/census/leases",
                JSON + key,
                "{\"worker\":\"w\",\"listed\":true,\"contributor\":\"%s\",\"count\":%d}"
                    .formatted(name, count)
                    .getBytes(StandardCharsets.US_ASCII));
        if (answer.status() == 404) {
          return;
        }
        String lease = expect(201, answer).text();
        if (key.isEmpty()) {
          key = "Contributor-Key: " + text(lease, "contributor_key") + "\r\n";
        }
        more = count == AT_ONCE;
        if (more) {
          submit(door, lease);
        }
      }
    } catch (IOException e) {
      failure.compareAndSet(null, new IOException(name, e));
    }
  }

  private static void submit(HttpConnection door, String lease) throws IOException {
    String headers =
        "Content-Type: application/octet-stream\r\nLease-Token: " + text(lease, "token") + "\r\n";
    Matcher tasks = TASK.matcher(lease);
    while (tasks.find()) {
      int task = Integer.parseInt(tasks.group(1));
      expect(200, door.send("PUT /api/v1/census/tasks/" + task + "/result", headers, bitmap(task)));
    }
  }

  /** Whole /8s, /16s and /24s are sparse or dense, and within a /24 the low addresses are used. */
  private static byte[] bitmap(int task) {
    byte[] bitmap = new byte[8_192];
    double ofOctet = new Random(task >> 8).nextDouble();
    Random random = new Random(task + 1_000);
    double ofRun = new Random(task / 16 + 100_000).nextDouble();
    if (ofOctet < 0.12 || ofRun < 0.3) {
      return bitmap;
    }
    double density = Math.pow(ofOctet * random.nextDouble(), 1.5);
    for (int part = 0; part < 256; part++) {
      boolean used = random.nextDouble() < Math.min(0.95, 0.08 + 2 * density);
      int hosts = used ? (int) (256 * Math.pow(random.nextDouble(), 2)) : 0;
      for (int host = 1; host < hosts; host++) {
        if (random.nextInt(10) < 8) {
          bitmap[part * 32 + host / 8] |= (byte) (0x80 >> (host % 8));
        }
      }
    }
    return bitmap;
  }

  /** Twice: the first time a tile is drawn, the second it is kept. */
  private void times() throws IOException {
    int tiles = number("tiles");
    if (tiles == 0) {
      return;
    }
    try (HttpConnection door = new HttpConnection(number("port"))) {
      for (int zoom = 0; zoom <= MAX_ZOOM; zoom++) {
        Random random = new Random(zoom);
        int side = 1 << zoom;
        List<String> paths =
            IntStream.range(0, tiles)
                .mapToObj(i -> random.nextInt(side) + "/" + random.nextInt(side))
                .distinct()
                .toList();
        String zoomPath = "/api/v1/census/map/" + zoom + "/";
        System.out.printf(
            "zoom=%d tiles=%d cold_ms=%s warm_ms=%s%n",
            zoom, paths.size(), times(door, zoomPath, paths), times(door, zoomPath, paths));
      }
    }
  }

  private static String times(HttpConnection door, String zoomPath, List<String> paths)
      throws IOException {
    double[] millis = new double[paths.size()];
    for (int i = 0; i < millis.length; i++) {
      long asked = System.nanoTime();
      expect(200, door.get(zoomPath + paths.get(i) + ".png"));
      millis[i] = (System.nanoTime() - asked) / 1e6;
    }
    Arrays.sort(millis);
    return "%.1f (at most %.1f)".formatted(millis[millis.length / 2], millis[millis.length - 1]);
  }

  private static HttpConnection.Answer expect(int status, HttpConnection.Answer answer)
      throws IOException {
    if (answer.status() != status) {
      throw new IOException("answered " + answer);
    }
    return answer;
  }

  private static String text(String json, String key) throws IOException {
    Matcher value = Pattern.compile("\"" + key + "\":\"([^\"]+)\"").matcher(json);
    if (!value.find()) {
      throw new IOException("no " + key + " in " + json);
    }
    return value.group(1);
  }
}
