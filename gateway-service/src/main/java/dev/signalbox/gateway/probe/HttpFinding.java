package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.net.IpLiteral;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Judges by a module what an HTTP probe found, and writes the metrics of it. */
final class HttpFinding {

  /**
   * What blackbox_exporter shows where no chain verifies: the time without a date of its language.
   */
  private static final double NO_CHAIN = -62_135_596_800.0;

  private static final String DURATION = "probe_http_duration_seconds";
  private static final String DURATION_HELP =
      "Duration of http request by phase, summed over all redirects";

  private final HttpModule module;
  private final HttpFacts facts;
  private final ProbeLog log;
  private boolean byRegex;

  HttpFinding(HttpModule module, HttpFacts facts, ProbeLog log) {
    this.module = module;
    this.facts = facts;
    this.log = log;
  }

  /** The metrics when there was nothing to ask. */
  static ProbeMetrics nothing() {
    ProbeMetrics metrics = new ProbeMetrics();
    metrics.set("probe_failed_due_to_regex", "Indicates if probe failed due to regex", 0);
    metrics.set("probe_http_content_length", "Length of http content response", 0);
    metrics.set("probe_http_redirects", "The number of redirects", 0);
    metrics.set("probe_http_ssl", "Indicates if SSL was used for the final redirect", 0);
    metrics.set("probe_http_status_code", "Response HTTP status code", 0);
    metrics.set("probe_http_uncompressed_body_length", "Length of uncompressed response body", 0);
    metrics.set("probe_http_version", "Returns the version of HTTP of the probe response", 0);
    return metrics;
  }

  /** Of a probe with a response. */
  Finding judge() {
    log.info("Received HTTP response", "status_code", facts.status());
    boolean success = status() && headers() && body() && version() && coding() && ssl();
    return new Finding(success, metrics());
  }

  /** Of a probe that failed, perhaps after the head of a response. */
  Finding failed() {
    return new Finding(false, metrics());
  }

  private boolean status() {
    int status = facts.status();
    List<String> valid = module.validStatusCodes();
    boolean right =
        valid.isEmpty() ? status >= 200 && status < 300 : valid.contains(Integer.toString(status));
    if (!right) {
      log.info(
          "Invalid HTTP response status code",
          "status_code",
          status,
          "valid_status_codes",
          valid.isEmpty() ? "2xx" : valid);
    }
    return right;
  }

  private boolean headers() {
    boolean right = Regexes.headers(facts::header, module, log);
    byRegex = !right;
    return right;
  }

  private boolean body() {
    if (facts.truncated()) {
      log.info("The body is longer than what is read of it", "bytes", facts.bodyBytes());
      // What is read may be less than the module allows.
      boolean beyond = module.bodySizeLimit() > 0 && facts.bodyBytes() >= module.bodySizeLimit();
      if (beyond || module.readsBody()) {
        return false;
      }
    }
    boolean right = !module.readsBody() || Regexes.body(facts.body(), module, log);
    byRegex = !right;
    return right;
  }

  private boolean version() {
    boolean right =
        module.validHttpVersions().isEmpty()
            || module.validHttpVersions().contains(facts.version());
    if (!right) {
      log.error("Invalid HTTP version number", "version", facts.version());
    }
    return right;
  }

  private boolean coding() {
    String wanted = module.compression();
    if (wanted.isEmpty() || wanted.equals("identity")) {
      return true;
    }
    List<String> codings = facts.header("content-encoding");
    boolean right = codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase(wanted);
    if (!right) {
      log.error("The body is not compressed as the module wants", "content_encoding", codings);
    }
    return right;
  }

  private boolean ssl() {
    boolean secured = facts.tls().isObject();
    if (secured && module.failIfSsl()) {
      log.error("Final request was over SSL");
      return false;
    }
    if (!secured && module.failIfNotSsl()) {
      log.error("Final request was not over SSL");
      return false;
    }
    return true;
  }

  private ProbeMetrics metrics() {
    ProbeMetrics metrics = nothing();
    metrics.lookup(facts.phase(0, "dns"));
    metrics.add(DURATION, DURATION_HELP, facts.phase("dns"), "phase", "resolve");
    facts
        .address()
        .ifPresent(address -> {
          metrics.address(address);
          metrics.add(DURATION, DURATION_HELP, facts.phase("connect"), "phase", "connect");
          metrics.add(DURATION, DURATION_HELP, facts.phase("tls"), "phase", "tls");
          metrics.add(DURATION, DURATION_HELP, facts.phase("first_byte"), "phase", "processing");
          double transfer = facts.phase(facts.hops() - 1, "download");
          metrics.add(DURATION, DURATION_HELP, transfer, "phase", "transfer");
        });
    if (facts.lostBehindRedirect()) {
      metrics.set("probe_http_redirects", "The number of redirects", facts.hops());
    } else if (facts.status() > 0) {
      response(metrics);
    }
    return metrics;
  }

  private void response(ProbeMetrics metrics) {
    boolean stopped = facts.redirects() && !module.followRedirects();
    metrics.set(
        "probe_failed_due_to_regex", "Indicates if probe failed due to regex", byRegex ? 1 : 0);
    metrics.set(
        "probe_http_content_length",
        "Length of http content response",
        facts.contentLength(module.method()));
    metrics.set(
        "probe_http_redirects",
        "The number of redirects",
        facts.hops() - 1 + (stopped || facts.errorCode().equals("TOO_MANY_REDIRECTS") ? 1 : 0));
    metrics.set("probe_http_status_code", "Response HTTP status code", facts.status());
    metrics.set(
        "probe_http_uncompressed_body_length",
        "Length of uncompressed response body",
        // A redirect that is not followed is not read there.
        stopped ? 0 : (double) facts.bodyBytes());
    String version = facts.version().replace("HTTP/", "");
    metrics.set(
        "probe_http_version",
        "Returns the version of HTTP of the probe response",
        version.matches("[0-9](\\.[0-9])?") ? Double.parseDouble(version) : 0);
    if (!stopped) {
      facts
          .lastModified()
          .ifPresent(seconds ->
              metrics.set(
                  "probe_http_last_modified_timestamp_seconds",
                  "Returns the Last-Modified HTTP response header in unixtime",
                  (double) seconds));
    }
    if (facts.tls().isObject()) {
      tls(metrics, facts.tls());
    }
  }

  private static void tls(ProbeMetrics metrics, JsonNode tls) {
    metrics.set("probe_http_ssl", "Indicates if SSL was used for the final redirect", 1);
    metrics.set(
        "probe_ssl_earliest_cert_expiry",
        "Returns last SSL chain expiry in unixtime",
        seconds(tls.path("chain_not_after")));
    metrics.set(
        "probe_ssl_last_chain_expiry_timestamp_seconds",
        "Returns last SSL chain expiry in timestamp",
        seconds(tls.path("verified_not_after")));
    List<String> names = new ArrayList<>();
    tls.path("san")
        .forEach(name -> {
          if (IpLiteral.parse(name.asText()).isEmpty()) {
            names.add(name.asText());
          }
        });
    metrics.add(
        "probe_ssl_last_chain_info",
        "Contains SSL leaf certificate information",
        1,
        "fingerprint_sha256",
        tls.path("fingerprint_sha256").asText(""),
        "issuer",
        tls.path("issuer").asText(""),
        "subject",
        tls.path("subject").asText(""),
        "subjectalternative",
        String.join(",", names));
    metrics.add(
        "probe_tls_version_info",
        "Returns the TLS version used or NaN when unknown",
        1,
        "version",
        version(tls.path("protocol").asText("")));
    metrics.add(
        "probe_tls_cipher_info",
        "Returns the TLS cipher negotiated during handshake",
        1,
        "cipher",
        tls.path("cipher").asText(""));
  }

  /** As blackbox_exporter writes the JDK's {@code TLSv1} and {@code TLSv1.3}. */
  private static String version(String protocol) {
    return protocol.equals("TLSv1") ? "TLS 1.0" : protocol.replace("TLSv", "TLS ");
  }

  private static double seconds(JsonNode time) {
    return time.isTextual() ? (double) Instant.parse(time.asText()).getEpochSecond() : NO_CHAIN;
  }
}
