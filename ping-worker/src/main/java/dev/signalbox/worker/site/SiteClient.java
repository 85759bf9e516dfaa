package dev.signalbox.worker.site;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.worker.ping.Network;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The site's API. Futures fail with {@link SiteException}. Bound to one event loop. */
public final class SiteClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_MS = 30_000;
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final long LONGEST_RETRY_S = 3_600;

  private final WebClient client;
  private final String base;
  private final @Nullable String bearer;
  private final int timeoutMs;

  /**
   * @param site such as {@code http://localhost:8000}
   * @param bearer token of a site that asks for one; else null
   */
  public SiteClient(Vertx vertx, URI site, @Nullable String bearer, String version) {
    this(vertx, site, bearer, version, TIMEOUT_MS);
  }

  SiteClient(Vertx vertx, URI site, @Nullable String bearer, String version, int timeoutMs) {
    this.base = site.toString().replaceFirst("/+$", "") + "/api/v1/census";
    this.bearer = bearer;
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setUserAgent("signalbox-worker/" + version)
                .setConnectTimeout(10_000)
                .setIdleTimeout(timeoutMs)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAliveTimeout(20)
                .setFollowRedirects(false));
    this.timeoutMs = timeoutMs;
  }

  /** The body of a request for a lease. */
  public static String leaseBody(
      String worker, @Nullable String contributor, @Nullable String team, int count) {
    ObjectNode body = JSON.createObjectNode().put("worker", worker);
    if (contributor != null) {
      body.put("contributor", contributor);
    }
    if (team != null) {
      body.put("team", team);
    }
    return body.put("count", count).toString();
  }

  /** Leases tasks; the same key and body have the same answer within a day. */
  public Future<Lease> lease(String idempotencyKey, String body, @Nullable String contributorKey) {
    HttpRequest<Buffer> request =
        request(HttpMethod.POST, "/leases")
            .putHeader("Content-Type", "application/json")
            .putHeader("Idempotency-Key", idempotencyKey);
    if (contributorKey != null) {
      request.putHeader("Contributor-Key", contributorKey);
    }
    return call(request, Buffer.buffer(body)).map(SiteClient::readLease);
  }

  /** Shows a contributor on the leaderboard. */
  public Future<Void> list(String contributor, String contributorKey) {
    String name = URLEncoder.encode(contributor, StandardCharsets.UTF_8).replace("+", "%20");
    return call(
            request(HttpMethod.PATCH, "/contributors/" + name)
                .putHeader("Content-Type", "application/json")
                .putHeader("Contributor-Key", contributorKey),
            Buffer.buffer("{\"listed\":true}"))
        .mapEmpty();
  }

  /** Prolongs a lease; answers with its new end. */
  public Future<Instant> heartbeat(String leaseId, Map<Integer, Double> done) {
    ObjectNode shares = JSON.createObjectNode();
    done.forEach((index, share) -> shares.put(Integer.toString(index), share));
    Buffer body = Buffer.buffer(JSON.createObjectNode().set("done", shares).toString());
    return call(
            request(HttpMethod.POST, "/leases/" + leaseId + "/heartbeat")
                .putHeader("Content-Type", "application/json"),
            body)
        .map(json -> instant(json, "expires_at"));
  }

  /** Submits the result of a task. */
  public Future<Void> submit(int index, String token, byte[] codes) {
    return call(
            request(HttpMethod.PUT, "/tasks/" + index + "/result")
                .putHeader("Lease-Token", token)
                .putHeader("Content-Type", "application/octet-stream")
                .putHeader("Content-Encoding", "gzip"),
            gzip(codes))
        .mapEmpty();
  }

  /** Gives the unfinished tasks of a lease back. */
  public Future<Void> release(String leaseId) {
    return call(request(HttpMethod.DELETE, "/leases/" + leaseId), null).mapEmpty();
  }

  /** How far the census is, in a few words. */
  public Future<String> progress() {
    return call(request(HttpMethod.GET, "/progress"), null)
        .map(json ->
            json.path("done_tasks").asInt()
                + " of "
                + json.path("total_tasks").asInt()
                + " blocks done");
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path) {
    HttpRequest<Buffer> request =
        client.requestAbs(method, base + path).timeout(timeoutMs).putHeader("Accept", "*/*");
    return bearer == null ? request : request.bearerTokenAuthentication(bearer);
  }

  private Future<JsonNode> call(HttpRequest<Buffer> request, @Nullable Buffer body) {
    return (body == null ? request.send() : request.sendBuffer(body))
        .recover(failure -> Future.failedFuture(noAnswer(failure)))
        .map(SiteClient::read);
  }

  private static SiteException noAnswer(Throwable failure) {
    String message = failure.getMessage();
    return new SiteException(
        SiteException.NO_ANSWER,
        "",
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message,
        null);
  }

  private static JsonNode read(HttpResponse<Buffer> response) {
    int status = response.statusCode();
    Buffer body = response.body();
    JsonNode json = null;
    if (body != null && body.length() <= MAX_BODY_BYTES) {
      try {
        json = JSON.readTree(body.getBytes());
      } catch (JacksonException e) {
        json = null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (status >= 200 && status < 300) {
      if (json == null || !json.isObject()) {
        throw unreadable();
      }
      return json;
    }
    String code = json == null ? "" : json.path("code").asText("");
    String detail = json == null ? "" : json.path("detail").asText("");
    throw new SiteException(
        status,
        code,
        detail.isBlank() ? "the site answers " + status + " " + response.statusMessage() : detail,
        retryAfter(response.getHeader("Retry-After")));
  }

  private static SiteException unreadable() {
    return new SiteException(
        SiteException.NO_ANSWER, "", "the site's answer is not what a census answers", null);
  }

  private static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null || !header.strip().matches("\\d{1,9}")) {
      return null; // a date, which our sites do not send, or nothing
    }
    return Duration.ofSeconds(Math.min(LONGEST_RETRY_S, Long.parseLong(header.strip())));
  }

  private static Lease readLease(JsonNode json) {
    List<Lease.LeasedTask> tasks = new ArrayList<>();
    if (json.path("tasks").isEmpty() || json.path("tasks").size() > Lease.MOST_TASKS) {
      throw unreadable();
    }
    for (JsonNode task : json.path("tasks")) {
      int index = task.path("task_index").asInt(-1);
      JsonNode excluded = task.path("exclude");
      // Nothing may be pinged of a task that does not say what to leave out.
      if (!excluded.isArray()) {
        throw unreadable();
      }
      List<String> exclude = new ArrayList<>();
      excluded.forEach(network -> exclude.add(network.asText()));
      try {
        // An exclusion that is not understood must not be pinged.
        exclude.forEach(Network::parse);
      } catch (IllegalArgumentException e) {
        throw unreadable();
      }
      if (index < 0 || index > 65_535) {
        throw unreadable();
      }
      tasks.add(new Lease.LeasedTask(index, exclude));
    }
    String id = json.path("lease_id").asText("");
    String token = json.path("token").asText("");
    if (!id.matches("[A-Za-z0-9_-]{1,100}") || !token.matches("[\\x21-\\x7e]{1,500}")) {
      throw unreadable();
    }
    JsonNode key = json.path("contributor_key");
    return new Lease(
        id,
        token,
        instant(json, "expires_at"),
        tasks,
        Math.max(1, json.path("max_rate_pps").asInt(Integer.MAX_VALUE)),
        key.isTextual() ? key.asText() : null);
  }

  private static Instant instant(JsonNode json, String field) {
    try {
      return Instant.parse(json.path(field).asText(""));
    } catch (DateTimeException e) {
      throw unreadable();
    }
  }

  private static Buffer gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }
}
