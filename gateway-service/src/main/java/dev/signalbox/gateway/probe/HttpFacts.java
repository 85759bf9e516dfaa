package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.gateway.routing.HttpDates;
import dev.signalbox.platform.json.Json;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the task {@code http_probe} reports, whether it ended well or not.
 *
 * @param errorCode why it failed; empty when it did not
 * @param errorPhase where it failed, if it got that far; empty otherwise
 */
record HttpFacts(JsonNode report, String errorCode, String errorPhase) {

  /** Phases before there is a connection for a request. */
  private static final Set<String> CONNECTING = Set.of("dns", "connect", "tls");

  private static final double MS_PER_S = 1_000;

  static HttpFacts of(Object result) {
    return new HttpFacts(Json.mapper().valueToTree(result), "", "");
  }

  static HttpFacts of(TaskError error) {
    Object known = error.details();
    return new HttpFacts(
        known == null ? JsonNodeFactory.instance.objectNode() : Json.mapper().valueToTree(known),
        error.code(),
        String.valueOf(error.phase()));
  }

  /** 0 without a response. */
  int status() {
    return report.path("status_code").asInt(0);
  }

  /** As blackbox_exporter spells it. */
  String version() {
    String version = report.path("http_version").asText("");
    return version.equals("HTTP/2") ? "HTTP/2.0" : version;
  }

  /** Of the target itself, not of what it redirects to. */
  Optional<InetAddress> address() {
    return IpLiteral.parse(report.path("hops").path(0).path("remote_ip").asText(""))
        .or(() -> IpLiteral.parse(report.path("remote_ip").asText("")));
  }

  List<String> header(String name) {
    List<String> values = new ArrayList<>();
    report.path("headers_all").path(name).forEach(value -> values.add(value.asText()));
    return values;
  }

  boolean redirects() {
    return switch (status()) {
      case 301, 302, 303, 307, 308 -> header("location").stream().anyMatch(to -> !to.isBlank());
      default -> false;
    };
  }

  /** Whether the last hop of a failed probe is a redirect whose goal gave no response. */
  boolean lostBehindRedirect() {
    return !errorCode.isEmpty() && !errorCode.equals("TOO_MANY_REDIRECTS") && redirects();
  }

  int hops() {
    return report.path("hops").size();
  }

  /** A phase of all hops together, seconds. Attempts to connect that failed take none. */
  double phase(String name) {
    double sum = 0;
    for (JsonNode hop : report.path("hops")) {
      boolean connected = hop.path("status_code").isNumber() || !CONNECTING.contains(errorPhase);
      sum += connected || name.equals("dns") ? hop.path("timings_ms").path(name).asDouble(0) : 0;
    }
    return sum / MS_PER_S;
  }

  /** A phase of one hop, seconds. */
  double phase(int hop, String name) {
    return report.path("hops").path(hop).path("timings_ms").path(name).asDouble(0) / MS_PER_S;
  }

  long bodyBytes() {
    return report.path("body_bytes").asLong(0);
  }

  boolean truncated() {
    return report.path("truncated").asBoolean(false);
  }

  String body() {
    String data = report.path("data").asText("");
    return report.path("data_encoding").asText("").equals("base64")
        ? new String(Base64.getDecoder().decode(data), StandardCharsets.ISO_8859_1)
        : data;
  }

  /** Length by its header; 0 where there cannot be a body, -1 when it is not said. */
  double contentLength(String method) {
    List<String> lengths = header("content-length");
    if (!lengths.isEmpty() && lengths.getFirst().matches("[0-9]{1,18}")) {
      return Long.parseLong(lengths.getFirst());
    }
    boolean none = status() < 200 || status() == 204 || status() == 304;
    boolean emptyStream =
        version().equals("HTTP/2.0") && bodyBytes() == 0 && !method.equals("HEAD");
    return none || emptyStream ? 0 : -1;
  }

  /** Seconds since 1970; empty without a date. */
  OptionalLong lastModified() {
    List<String> values = header("last-modified");
    return values.isEmpty() ? OptionalLong.empty() : HttpDates.seconds(values.getFirst());
  }

  /** Of the last hop; missing in the clear. */
  JsonNode tls() {
    JsonNode tls = report.path("tls");
    return tls.isObject() ? tls : JsonNodeFactory.instance.missingNode();
  }
}
