package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that work until the system is gone, each writing down what it was told is done. Bounded:
 * should the system stay, they stop by themselves.
 */
final class Pressure {

  private static final int MOST = 3_000;
  private static final int CLIENTS = 3;
  private static final int UPLOAD = 40_000;

  private final Doors doors;
  private final Acknowledged told;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Load load = new Load();
  private volatile boolean off;

  Pressure(Doors doors, Acknowledged told) {
    this.doors = doors;
    this.told = told;
  }

  void on() {
    for (int i = 0; i < CLIENTS; i++) {
      load.run(() -> untilGone(this::message));
      load.run(() -> untilGone(this::upload));
      load.run(() -> untilGone(this::result));
    }
  }

  void awaitOff() throws InterruptedException {
    off = true;
    load.awaitAll();
  }

  private void untilGone(Runnable work) {
    try {
      for (int i = 0; i < MOST && !off; i++) {
        work.run();
      }
    } catch (UncheckedIOException gone) {
      // Killed in the middle of a call: nothing was acknowledged.
    }
  }

  private void message() {
    String uuid = UUID.randomUUID().toString();
    Reply code = Http.post(doors.codes(), "/", "{\"uuid\":\"" + uuid + "\"}");
    if (code.status() != 200) {
      return;
    }
    String unique = code.json().path("unique").asText();
    told.codes.put(uuid, unique);
    String text = "message " + numbers.incrementAndGet();
    Reply stored =
        Http.post(
            doors.messages(),
            "/",
            "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"%s\"}".formatted(uuid, unique, text));
    if (stored.status() == 200) {
      told.messages.add(text);
    }
  }

  /** A content that shows by itself whether it is whole. */
  static String content(int number) {
    String content = number + ":" + (char) ('a' + number % 26);
    return content.repeat(UPLOAD / content.length()) + ".";
  }

  /** Whether a content is one of {@link #content}. */
  static boolean whole(String content) {
    int colon = content.indexOf(':');
    return colon > 0 && content.equals(content(Integer.parseInt(content.substring(0, colon))));
  }

  private void upload() {
    String content = content(numbers.incrementAndGet());
    Reply stored = Clients.curlPost(doors.main(), "/upload", content);
    if (stored.status() == 201) {
      told.uploads.put(stored.json().path("filepath").asText(), content);
    }
  }

  private void result() {
    Reply reply =
        Http.post(doors.main(), "/api/v1/census/leases", "{\"worker\":\"pressure\",\"count\":2}");
    JsonNode tasks = reply.json().path("tasks");
    if (tasks.size() < 2) {
      return;
    }
    String token = reply.json().path("token").asText();
    tasks.forEach(task -> told.leases.put(task.path("task_index").asInt(), token));
    int index = tasks.get(0).path("task_index").asInt();
    told.underWay.add(index);
    Reply stored = submit(doors.main(), index, token);
    if (stored.status() / 100 == 2) {
      told.results.put(index, 1 + index % 8);
      told.leases.remove(index);
      told.underWay.remove(index);
    }
  }

  /** Submits a result that belongs to the task. */
  static Reply submit(int main, int index, String token) {
    return Http.request(
        main,
        "PUT",
        "/api/v1/census/tasks/" + index + "/result",
        bitmap(index),
        "Content-Type: application/octet-stream",
        "Lease-Token: " + token);
  }

  /** A result by which a task can be told from its neighbours: so many of the first addresses. */
  static byte[] bitmap(int index) {
    byte[] bitmap = new byte[8_192];
    bitmap[0] = (byte) (0xff << (7 - index % 8));
    return bitmap;
  }
}
