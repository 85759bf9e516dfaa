package dev.signalbox.gateway.probe;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the prober of web pages; names and meaning are blackbox_exporter's.
 *
 * @param validStatusCodes empty for 200 to 299
 * @param validHttpVersions such as {@code HTTP/2.0}; empty for all
 * @param headers fields to send by name
 * @param body sent; null for none
 * @param failIfBodyMatches expressions of which none may match
 * @param failIfBodyNotMatches expressions that all have to match
 * @param bodySizeLimit bytes; 0 for none
 * @param compression coding that the body must have; empty for whatever
 */
record HttpModule(
    List<String> validStatusCodes,
    List<String> validHttpVersions,
    String method,
    Map<String, String> headers,
    @Nullable String body,
    boolean followRedirects,
    boolean http2,
    boolean failIfSsl,
    boolean failIfNotSsl,
    List<Pattern> failIfBodyMatches,
    List<Pattern> failIfBodyNotMatches,
    List<HeaderRule> failIfHeaderMatches,
    List<HeaderRule> failIfHeaderNotMatches,
    IpChoice ip,
    long bodySizeLimit,
    String compression,
    boolean verifyTls,
    @Nullable String serverName,
    @Nullable String caPem)
    implements ProbeModule.Prober {

  /** A rule about a header field. */
  record HeaderRule(String header, Pattern regexp, boolean allowMissing) {}

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

  private static final Set<String> CODINGS = Set.of("", "gzip", "br", "deflate", "identity");
  private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1", "HTTP/2.0");

  /** Field values that one line may have. */
  private static final String VISIBLE = "[\\t -~]*";

  HttpModule {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Whether the body itself is looked at. */
  boolean readsBody() {
    return !failIfBodyMatches.isEmpty() || !failIfBodyNotMatches.isEmpty();
  }

  static HttpModule read(ModuleKeys keys) {
    List<String> statuses = keys.texts("valid_status_codes");
    if (!statuses.stream().allMatch(status -> status.matches("[1-9][0-9]{2}"))) {
      keys.problem("valid_status_codes", "must be status codes");
    }
    List<String> versions = keys.texts("valid_http_versions");
    if (!VERSIONS.containsAll(versions)) {
      keys.problem("valid_http_versions", "must be of HTTP/1.0, HTTP/1.1 and HTTP/2.0");
    }
    keys.unsupported(
        "proxy_url",
        "proxy_from_environment",
        "proxy_connect_header",
        "no_proxy",
        "skip_resolve_phase_with_proxy",
        "oauth2",
        "http_headers",
        "fail_if_body_json_matches_cel",
        "fail_if_body_json_not_matches_cel",
        "enable_http3");
    ModuleKeys tls = keys.object("tls_config");
    // Keys never cross the bus: http_probe has client certificates of its own.
    tls.unsupported("cert_file", "key_file", "cert", "key", "ca", "min_version", "max_version");
    HttpModule module =
        new HttpModule(
            statuses,
            versions,
            keys.oneOf("method", "GET", METHODS),
            headers(keys),
            body(keys),
            keys.bool("follow_redirects", true) && !keys.bool("no_follow_redirects", false),
            keys.bool("enable_http2", true),
            keys.bool("fail_if_ssl", false),
            keys.bool("fail_if_not_ssl", false),
            keys.patterns("fail_if_body_matches_regexp"),
            keys.patterns("fail_if_body_not_matches_regexp"),
            headerRules(keys, "fail_if_header_matches"),
            headerRules(keys, "fail_if_header_not_matches"),
            IpChoice.read(keys),
            keys.size("body_size_limit"),
            keys.oneOf("compression", "", CODINGS),
            !tls.bool("insecure_skip_verify", false),
            tls.text("server_name"),
            tls.file("ca_file"));
    tls.end();
    return module;
  }

  private static @Nullable String body(ModuleKeys keys) {
    String inline = keys.text("body");
    String file = keys.file("body_file");
    if (inline != null && keys.has("body_file")) {
      keys.problem("body_file", "must not go with body");
    }
    return inline == null ? file : inline;
  }

  private static Map<String, String> headers(ModuleKeys keys) {
    Map<String, String> headers = new LinkedHashMap<>();
    ModuleKeys given = keys.object("headers");
    for (String name : given.names()) {
      String value = given.text(name, "");
      if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}") || !value.matches(VISIBLE)) {
        given.problem(
            ProbeModules.shown(name), "must be a token with a value of visible ASCII characters");
      } else if (headers.put(name.toLowerCase(Locale.ROOT), value) != null) {
        given.problem(name, "is there twice");
      }
    }
    List<String> credentials = new ArrayList<>();
    basic(keys, credentials);
    bearer(keys, credentials);
    authorization(keys, credentials);
    if (headers.containsKey("authorization") && !credentials.isEmpty()) {
      keys.problem("headers.Authorization", "must not go with other credentials");
    }
    if (credentials.size() > 1) {
      keys.problem("authorization", "must not go with basic_auth or bearer_token");
    }
    credentials.forEach(value -> headers.put("authorization", value));
    return headers;
  }

  private static void basic(ModuleKeys keys, List<String> credentials) {
    ModuleKeys basic = keys.object("basic_auth");
    basic.unsupported("username_file", "username_ref", "password_ref");
    String user = basic.text("username", "");
    String password = secret(basic, "password", "password_file");
    basic.end();
    if (keys.has("basic_auth")) {
      byte[] both =
          (user + ":" + (password == null ? "" : password)).getBytes(StandardCharsets.UTF_8);
      credentials.add("Basic " + Base64.getEncoder().encodeToString(both));
    }
  }

  private static void bearer(ModuleKeys keys, List<String> credentials) {
    String token = secret(keys, "bearer_token", "bearer_token_file");
    if (token != null) {
      credentials.add(visible(keys, "bearer_token", "Bearer " + token));
    }
  }

  private static void authorization(ModuleKeys keys, List<String> credentials) {
    ModuleKeys authorization = keys.object("authorization");
    authorization.unsupported("credentials_ref");
    String type = authorization.text("type", "Bearer");
    String secret = secret(authorization, "credentials", "credentials_file");
    authorization.end();
    if (keys.has("authorization")) {
      String value = type + " " + (secret == null ? "" : secret);
      credentials.add(visible(keys, "authorization", value));
    }
  }

  private static String visible(ModuleKeys keys, String key, String value) {
    if (!value.matches(VISIBLE)) {
      keys.problem(key, "must have visible ASCII characters");
    }
    return value;
  }

  private static @Nullable String secret(ModuleKeys keys, String key, String fileKey) {
    String inline = keys.text(key);
    String file = keys.file(fileKey);
    if (inline != null && keys.has(fileKey)) {
      keys.problem(fileKey, "must not go with " + key);
    }
    return inline != null ? inline : file == null ? null : file.strip();
  }

  private static List<HeaderRule> headerRules(ModuleKeys keys, String key) {
    List<HeaderRule> rules = new ArrayList<>();
    for (ModuleKeys rule : keys.objects(key)) {
      String header = rule.text("header", "");
      String regexp = rule.text("regexp");
      boolean allowMissing = rule.bool("allow_missing", false);
      rule.end();
      if (header.isEmpty()) {
        rule.problem("header", "is required");
      }
      if (regexp == null || regexp.isEmpty()) {
        rule.problem("regexp", "is required");
        continue;
      }
      Pattern pattern = rule.compile("regexp", regexp);
      if (pattern != null) {
        rules.add(new HeaderRule(header.toLowerCase(Locale.ROOT), pattern, allowMissing));
      }
    }
    return List.copyOf(rules);
  }
}
