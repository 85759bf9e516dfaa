package dev.signalbox.gateway.probe;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.contracts.httpprobe.ProbeRequest;
import dev.signalbox.gateway.backend.Backend;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Probes by {@link HttpProbeContract#PROBE}. */
final class HttpProber {

  private static final Pattern SCHEME = Pattern.compile("https?://", Pattern.CASE_INSENSITIVE);

  private static final int MOST_REDIRECTS = 10;

  /** The longest that http-probe-service allows unless configured otherwise. */
  private static final long LONGEST_MS = 60_000;

  /** The most of a body that http-probe-service reads unless configured otherwise. */
  private static final long LARGEST_BODY = 8_388_608;

  private final Vertx vertx;
  private final Backend backend;

  HttpProber(Vertx vertx, Backend backend) {
    this.vertx = vertx;
    this.backend = backend;
  }

  /**
   * Probes a target.
   *
   * @param hostname value of the Host header and name in TLS; null for those of the target
   * @return fails when the probe could not be carried out here, which says nothing of the target
   */
  Future<Finding> probe(
      RoutingContext ctx,
      HttpModule module,
      String target,
      @Nullable String hostname,
      Duration timeout,
      ProbeLog log) {
    String url = SCHEME.matcher(target).lookingAt() ? target : "http://" + target;
    ProbeRequest request = request(module, url, hostname, timeout);
    log.info("Making HTTP request", "url", url, "ip_family", module.ip().family());
    return call(ctx, request, timeout)
        .recover(failure -> again(ctx, request, timeout, failure))
        .compose(reply -> judge(module, reply, log), failure -> refused(failure, log));
  }

  private Future<TaskReply> call(RoutingContext ctx, ProbeRequest request, Duration timeout) {
    return backend.callWhileWanted(
        ctx, HttpProbeContract.PROBE, request, ScrapeTimeout.call(timeout, LONGEST_MS));
  }

  /** Once more within the limits that the operator set, where the request is beyond them. */
  private Future<TaskReply> again(
      RoutingContext ctx, ProbeRequest request, Duration timeout, Throwable failure) {
    List<String> fields = fields(failure);
    boolean time = fields.contains("/timeout_ms");
    boolean size = fields.contains("/max_body_bytes");
    return time || size
        ? call(ctx, within(request, time, size), timeout)
        : Future.failedFuture(failure);
  }

  private static List<String> fields(Throwable failure) {
    return failure instanceof ServiceException fault && fault.code() == ErrorCode.INVALID_REQUEST
        ? fault.problems().stream().map(FieldProblem::pointer).toList()
        : List.of();
  }

  private static ProbeRequest request(
      HttpModule module, String url, @Nullable String hostname, Duration timeout) {
    Map<String, String> headers = new LinkedHashMap<>(module.headers());
    headers.putIfAbsent(
        "accept-encoding", module.compression().isEmpty() ? "identity" : module.compression());
    if (hostname != null) {
      headers.put("host", hostname);
    }
    String serverName = module.serverName();
    if (serverName == null || serverName.isEmpty()) {
      String host = headers.get("host");
      serverName = host == null ? null : host.replaceFirst(":[0-9]+$", "");
    }
    long limit = module.bodySizeLimit() == 0 ? LARGEST_BODY : module.bodySizeLimit();
    return new ProbeRequest(
        url,
        module.method(),
        headers.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue()))),
        module.body(),
        module.followRedirects(),
        MOST_REDIRECTS,
        (int) Math.clamp(timeout.toMillis(), 1, LONGEST_MS),
        module.ip().family(),
        null,
        module.http2() ? "auto" : "1.1",
        module.verifyTls(),
        serverName,
        module.caPem(),
        null,
        false,
        (int) Math.min(limit, LARGEST_BODY),
        module.readsBody(),
        List.of());
  }

  private static ProbeRequest within(ProbeRequest asked, boolean time, boolean size) {
    return new ProbeRequest(
        asked.url(),
        asked.method(),
        asked.headers(),
        asked.body(),
        asked.followRedirects(),
        asked.maxRedirects(),
        time ? null : asked.timeoutMs(),
        asked.ipFamily(),
        asked.connectTo(),
        asked.httpVersion(),
        asked.verifyTls(),
        asked.serverName(),
        asked.caPem(),
        asked.clientCertificate(),
        asked.reuseConnection(),
        size ? null : asked.maxBodyBytes(),
        asked.includeBody(),
        asked.assertions());
  }

  private Future<Finding> judge(HttpModule module, TaskReply reply, ProbeLog log) {
    return switch (reply) {
      case TaskReply.Finished(Object result, _) ->
          module.readsBody()
              // Expressions over a large body take a while.
              ? vertx
                  .executeBlocking(
                      () -> new HttpFinding(module, HttpFacts.of(result), log).judge(), false)
                  .map(Objects::requireNonNull)
              : Future.succeededFuture(new HttpFinding(module, HttpFacts.of(result), log).judge());
      case TaskReply.Failed(TaskError error) -> {
        if ("internal".equals(error.source())) {
          yield Future.failedFuture(
              new ServiceException(ErrorCode.OVERLOADED, "http-probe-service: " + error.message()));
        }
        log.error("Error for HTTP request", "code", error.code(), "err", error.message());
        yield Future.succeededFuture(new HttpFinding(module, HttpFacts.of(error), log).failed());
      }
    };
  }

  /**
   * A target or module that makes no request is a failed probe; anything else is an error of this
   * system.
   */
  private static Future<Finding> refused(Throwable failure, ProbeLog log) {
    List<String> fields = fields(failure);
    if (fields.isEmpty()) {
      return Future.failedFuture(failure);
    }
    log.error(
        fields.contains("/url") ? "Could not parse target URL" : "The module makes no request",
        "fields",
        String.join(",", fields),
        "err",
        String.valueOf(failure.getMessage()));
    return Future.succeededFuture(new Finding(false, HttpFinding.nothing()));
  }
}
