package dev.signalbox.contracts.httpprobe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to send, and how to judge the response. Each component is the parameter of the
 * same name of the task {@code http_probe}, with its ranges and defaults, which
 * http-probe-service's README lists; null is the default.
 *
 * @param url http or https URL
 * @param method request method
 * @param headers header fields to send: the values of each name, in order
 * @param body sent as UTF-8; null for none
 * @param followRedirects whether redirects are followed
 * @param maxRedirects redirects followed at most
 * @param timeoutMs time for everything together, milliseconds
 * @param ipFamily {@code any}, {@code ipv4}, {@code ipv6}, {@code prefer_ipv4} or {@code
 *     prefer_ipv6}
 * @param connectTo {@code host[:port]} to connect to instead of the URL's host; null for that host
 * @param httpVersion {@code auto}, {@code 1.1} or {@code 2}
 * @param verifyTls whether a certificate that does not verify ends the probe
 * @param serverName name to send in TLS and to verify; null for the URL's host
 * @param caPem certificates in PEM to verify by; null for those that the service's machine trusts
 * @param clientCertificate name of a client certificate that the service's operator configured;
 *     null for none. Keys never cross the bus
 * @param reuseConnection whether a kept connection may be used, and this one kept
 * @param maxBodyBytes bytes of the body read, after decompression; a longer body is cut. With null
 *     a body longer than the service's default is an error
 * @param includeBody whether the result shows the body
 * @param assertions what the response must look like for success
 */
public record ProbeRequest(
    String url,
    @Nullable String method,
    Map<String, List<String>> headers,
    @Nullable String body,
    @Nullable Boolean followRedirects,
    @Nullable Integer maxRedirects,
    @Nullable Integer timeoutMs,
    @Nullable String ipFamily,
    @Nullable String connectTo,
    @Nullable String httpVersion,
    @Nullable Boolean verifyTls,
    @Nullable String serverName,
    @Nullable String caPem,
    @Nullable String clientCertificate,
    @Nullable Boolean reuseConnection,
    @Nullable Integer maxBodyBytes,
    @Nullable Boolean includeBody,
    List<Assertion> assertions) {

  /**
   * What the response must look like.
   *
   * @param source where to look: {@code status, header, body, json, time} or {@code tls_expiry}
   * @param property header name or JSON path; null for other sources
   * @param comparison such as {@code equals} or {@code less_than}
   * @param target what to compare with; null for comparisons without a target
   */
  public record Assertion(
      String source, @Nullable String property, String comparison, @Nullable String target) {}

  public ProbeRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    assertions = List.copyOf(assertions);
  }

  /** A GET of a URL with every default. */
  public static ProbeRequest of(String url) {
    return new ProbeRequest(
        url, null, Map.of(), null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, List.of());
  }
}
