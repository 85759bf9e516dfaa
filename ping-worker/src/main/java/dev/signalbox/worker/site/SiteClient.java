package dev.signalbox.worker.site;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The site's API. Futures fail with {@link SiteException}. Bound to one event loop. */
public final class SiteClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> JSON_BODY = Map.of("Content-Type", "application/json");
  private static final int TIMEOUT_MS = 30_000;
  private static final int MAX_BODY_BYTES = 1 << 20;

  /** An error code of a site. Many proxies answer JSON too, with a number there. */
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private static final long SHORTEST_RETRY_S = 1;
  private static final long LONGEST_RETRY_S = 600;

  private final Vertx vertx;
  private final HttpClient client;
  private final String base;
  private final String userAgent;
  private final @Nullable String bearer;
  private final int timeoutMs;
  private Consumer<Boolean> contact = _ -> {};

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
    this.vertx = vertx;
    this.userAgent = "signalbox-worker/" + version;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(10_000)
                .setIdleTimeout(timeoutMs)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAliveTimeout(20));
    this.timeoutMs = timeoutMs;
  }

  /**
   * Tells with each call whether the site was reached. What is none of its own answers, such as a
   * proxy's or that of a network that wants a login first, does not count, be it a success or not.
   */
  public void onContact(Consumer<Boolean> listener) {
    contact = listener;
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
    Map<String, String> headers = new HashMap<>(Map.of("Idempotency-Key", idempotencyKey));
    headers.putAll(JSON_BODY);
    if (contributorKey != null) {
      headers.put("Contributor-Key", contributorKey);
    }
    return call(
        HttpMethod.POST,
        "/leases",
        headers,
        Buffer.buffer(body),
        (json, privateSite) -> Answers.lease(json, asked(body), privateSite));
  }

  private static int asked(String body) {
    try {
      return JSON.readTree(body).path("count").asInt();
    } catch (JacksonException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shows a contributor on the leaderboard. */
  public Future<Void> list(String contributor, String contributorKey) {
    String name = URLEncoder.encode(contributor, StandardCharsets.UTF_8).replace("+", "%20");
    Map<String, String> headers = new HashMap<>(Map.of("Contributor-Key", contributorKey));
    headers.putAll(JSON_BODY);
    return call(
            HttpMethod.PATCH,
            "/contributors/" + name,
            headers,
            Buffer.buffer("{\"listed\":true}"),
            (json, _) -> Answers.listed(json))
        .mapEmpty();
  }

  /** Prolongs a lease. */
  public Future<Renewal> heartbeat(String leaseId, Map<Integer, Double> done) {
    ObjectNode shares = JSON.createObjectNode();
    done.forEach((index, share) -> shares.put(Integer.toString(index), share));
    Buffer body = Buffer.buffer(JSON.createObjectNode().set("done", shares).toString());
    return call(
        HttpMethod.POST, "/leases/" + leaseId + "/heartbeat", JSON_BODY, body, Answers::renewal);
  }

  /** Submits the result of a task. */
  public Future<Void> submit(int index, String token, byte[] codes) {
    return call(
            HttpMethod.PUT,
            "/tasks/" + index + "/result",
            Map.of(
                "Lease-Token", token,
                "Content-Type", "application/octet-stream",
                "Content-Encoding", "gzip"),
            gzip(codes),
            (json, _) -> Answers.taken(json, index))
        .mapEmpty();
  }

  /** Gives the unfinished tasks of a lease back. */
  public Future<Void> release(String leaseId) {
    return call(
            HttpMethod.DELETE,
            "/leases/" + leaseId,
            Map.of(),
            null,
            (json, _) -> Answers.integer(json, "released"))
        .mapEmpty();
  }

  /** How far the census is, in a few words. */
  public Future<String> progress() {
    return call(
        HttpMethod.GET,
        "/progress",
        Map.of(),
        null,
        (json, _) ->
            Answers.integer(json, "done_tasks")
                + " of "
                + Answers.integer(json, "total_tasks")
                + " blocks done");
  }

  /** Makes of an answer what the caller wants; throws when it is none of a site. */
  private interface AnswerReader<T> {

    T read(JsonNode json, boolean privateSite);
  }

  private <T> Future<T> call(
      HttpMethod method,
      String path,
      Map<String, String> headers,
      @Nullable Buffer body,
      AnswerReader<T> reader) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setAbsoluteURI(base + path)
            .setTimeout(timeoutMs)
            .putHeader("User-Agent", userAgent)
            .putHeader("Accept", "*/*");
    headers.forEach(options::putHeader);
    if (bearer != null) {
      options.putHeader("Authorization", "Bearer " + bearer);
    }
    return client
        .request(options)
        .compose(request -> {
          // Whatever comes drop by drop must end too.
          long deadline = vertx.setTimer(2L * timeoutMs, _ -> request.reset());
          return (body == null ? request.send() : request.send(body))
              .compose(response -> {
                // The address of this very answer: a name may have another the next moment.
                boolean privateSite =
                    SpecialPurposeNetworks.isPrivate(
                        request.connection().remoteAddress().hostAddress());
                return body(response)
                    .map(content -> reader.read(read(response, content), privateSite));
              })
              .onComplete(_ -> vertx.cancelTimer(deadline));
        })
        .recover(failure ->
            Future.failedFuture(failure instanceof SiteException ? failure : noAnswer(failure)))
        .onComplete(
            _ -> contact.accept(true),
            failure ->
                contact.accept(
                    failure instanceof SiteException refused && !refused.code().isEmpty()));
  }

  /** Reads a body of at most {@link #MAX_BODY_BYTES}; the rest of a longer one does not come. */
  private static Future<Buffer> body(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer content = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(_ -> whole.tryComplete(content));
    response.handler(piece -> {
      if (content.length() + piece.length() <= MAX_BODY_BYTES) {
        content.appendBuffer(piece);
      } else if (whole.tryFail(
          Answers.unusable("its answer is longer than " + MAX_BODY_BYTES + " bytes"))) {
        response.request().reset();
      }
    });
    return whole.future();
  }

  private static SiteException noAnswer(Throwable failure) {
    String message = failure.getMessage();
    return new SiteException(
        SiteException.NO_ANSWER,
        "",
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message,
        null);
  }

  private static JsonNode read(HttpClientResponse response, Buffer body) {
    int status = response.statusCode();
    JsonNode json = null;
    try {
      json = JSON.readTree(body.getBytes());
    } catch (JacksonException e) {
      json = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (status >= 200 && status < 300) {
      if (json == null || !json.isObject()) {
        throw Answers.unusable("its answer is not what a census answers");
      }
      return json;
    }
    JsonNode code = json == null ? MissingNode.getInstance() : json.path("code");
    String detail = json == null ? "" : json.path("detail").asText("");
    throw new SiteException(
        status,
        code.isTextual() && CODE.matcher(code.asText()).matches() ? code.asText() : "",
        detail.isBlank() ? unexplained(response) : detail,
        retryAfter(response.getHeader("Retry-After")));
  }

  /** An error without the words of a census: perhaps of something else. */
  private static String unexplained(HttpClientResponse response) {
    int status = response.statusCode();
    return "the site answers "
        + status
        + " "
        + response.statusMessage()
        + (status < 500 ? "; --site must be the address of a census" : "");
  }

  private static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null || !header.strip().matches("\\d{1,9}")) {
      return null; // a date, which our sites do not send, or nothing
    }
    return Duration.ofSeconds(
        Math.clamp(Long.parseLong(header.strip()), SHORTEST_RETRY_S, LONGEST_RETRY_S));
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
