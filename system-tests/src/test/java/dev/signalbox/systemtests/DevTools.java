package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A conversation with a browser's tab, in its debugging protocol. */
final class DevTools implements AutoCloseable {

  private static final long PATIENCE_S = 60;

  private final BlockingQueue<JsonNode> arrived;
  private final List<JsonNode> events = new ArrayList<>();
  private final WebSocket socket;
  private int calls;

  private DevTools(WebSocket socket, BlockingQueue<JsonNode> arrived) {
    this.socket = socket;
    this.arrived = arrived;
  }

  static DevTools connect(HttpClient client, URI tab) {
    BlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();
    WebSocket socket = client.newWebSocketBuilder().buildAsync(tab, new Listener(arrived)).join();
    return new DevTools(socket, arrived);
  }

  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> arrived;
    private final StringBuilder message = new StringBuilder();

    Listener(BlockingQueue<JsonNode> arrived) {
      this.arrived = arrived;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      message.append(text);
      if (last) {
        arrived.add(Reply.json(message.toString()));
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }

  /** Calls a method; its result. */
  JsonNode call(String method, String params) {
    int id = ++calls;
    socket
        .sendText("{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(id, method, params), true)
        .join();
    return next(method, message -> message.path("id").asInt() == id).path("result");
  }

  /** Waits for an event, which may have happened already. */
  void await(String method, Predicate<JsonNode> which) {
    Predicate<JsonNode> wanted =
        message ->
            message.path("method").asText().equals(method) && which.test(message.path("params"));
    if (events.stream().noneMatch(wanted)) {
      next(method, wanted);
    }
  }

  /** Every event so far. */
  List<JsonNode> events() {
    return List.copyOf(events);
  }

  private JsonNode next(String what, Predicate<JsonNode> wanted) {
    while (true) {
      JsonNode message;
      try {
        message = arrived.poll(PATIENCE_S, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      if (message == null) {
        throw new AssertionError("the browser said nothing of " + what);
      }
      if (message.has("method")) {
        events.add(message);
      }
      if (wanted.test(message)) {
        return message;
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
  }
}
