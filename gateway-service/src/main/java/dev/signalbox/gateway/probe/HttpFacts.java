package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.platform.json.Json;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the task {@code http_probe} reports, whether it ended well or not. */
record HttpFacts(JsonNode report, String errorCode) {

  private static final double MS_PER_S = 1_000;

  static HttpFacts of(Object result) {
    return new HttpFacts(Json.mapper().valueToTree(result), "");
  }

  static HttpFacts of(TaskError error) {
    Object known = error.details();
    return new HttpFacts(
        known == null ? JsonNodeFactory.instance.objectNode() : Json.mapper().valueToTree(known),
        error.code());
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

  Optional<InetAddress> address() {
    return IpLiteral.parse(report.path("remote_ip").asText(""));
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

  int hops() {
    return report.path("hops").size();
  }

  /** A phase of all hops together, seconds. */
  double phase(String name) {
    double sum = 0;
    for (JsonNode hop : report.path("hops")) {
      sum += hop.path("timings_ms").path(name).asDouble(0);
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

  @Nullable Instant lastModified() {
    List<String> values = header("last-modified");
    try {
      return values.isEmpty()
          ? null
          : ZonedDateTime.parse(values.getFirst(), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant();
    } catch (DateTimeException notADate) {
      return null;
    }
  }

  /** Of the last hop; missing in the clear. */
  JsonNode tls() {
    JsonNode tls = report.path("tls");
    return tls.isObject() ? tls : JsonNodeFactory.instance.missingNode();
  }
}
