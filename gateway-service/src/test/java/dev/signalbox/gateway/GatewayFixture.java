package dev.signalbox.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A gateway on free ports with services of the test's own, and clients for it. */
public final class GatewayFixture implements AutoCloseable {

  private final TestNode node;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private GatewayFixture(TestNode node) {
    this.node = node;
  }

  /** A gateway alone. */
  public static GatewayFixture start(String... settings) {
    return start(List.of(), settings);
  }

  /** A gateway with services; settings are key, value, key, value. */
  public static GatewayFixture start(List<ServiceDefinition<?>> services, String... settings) {
    Map<String, String> all = new HashMap<>();
    for (String door : List.of("port", "tasks-port", "codes-port", "messages-port")) {
      all.put("gateway." + door, "any");
    }
    all.put("gateway.request-log", "false");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    List<ServiceDefinition<?>> order = new ArrayList<>(services);
    order.add(GatewayMain.SERVICE);
    return new GatewayFixture(TestNode.start(order, all));
  }

  /** The node it runs on. */
  public TestNode node() {
    return node;
  }

  /** Port of a door by name. */
  public int port(String door) {
    return URI.create(node.node().banner().get(door)).getPort();
  }

  /** A connection to the main door. */
  public RawClient raw() {
    return new RawClient(port("main"));
  }

  /** An answer with its body as text. */
  public record Reply(int status, String body, HttpResponse<byte[]> http) {

    /** The body as JSON. */
    public JsonNode json() {
      try {
        return Json.mapper().readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(body, e);
      }
    }

    /** A header, or an empty text. */
    public String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }
  }

  /** GET at the main door. */
  public Reply get(String path) {
    return send("main", "GET", path, null);
  }

  /** POST of JSON at the main door. */
  public Reply post(String path, String json) {
    return send("main", "POST", path, json, "Content-Type", "application/json");
  }

  /** POST of JSON at the main door, with one line of Idempotency-Key for each key. */
  public Reply postWithKeys(String path, String json, String... keys) {
    List<String> headers = new ArrayList<>(List.of("Content-Type", "application/json"));
    for (String key : keys) {
      headers.add("Idempotency-Key");
      headers.add(key);
    }
    return send("main", "POST", path, json, headers.toArray(String[]::new));
  }

  /** Any request; headers are name, value, name, value. */
  public Reply send(String door, String method, String path, String body, String... headers) {
    return sendBytes(
        door, method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Any request with a body of bytes. */
  public Reply sendBytes(String door, String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(door) + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Reply(
          response.statusCode(), new String(response.body(), StandardCharsets.UTF_8), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    node.close();
  }
}
