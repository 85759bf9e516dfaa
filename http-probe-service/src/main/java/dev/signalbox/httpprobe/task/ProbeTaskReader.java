package dev.signalbox.httpprobe.task;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.assertion.Assertion;
import dev.signalbox.httpprobe.assertion.AssertionReader;
import dev.signalbox.httpprobe.body.BodyRules;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.task.ProbeTask.Pin;
import dev.signalbox.httpprobe.task.ProbeTask.Tls;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.httpprobe.url.WebUrl;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import dev.signalbox.httpprobe.url.WebUrlReader;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.task.TaskParams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a client's parameters to a checked {@link ProbeTask}. */
public final class ProbeTaskReader {

  static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");
  static final int LONGEST_URL = 8_192;
  static final int LONGEST_BODY = 1_048_576;
  static final int MOST_REDIRECTS = 30;
  static final int DEFAULT_REDIRECTS = 10;
  private static final int LONGEST_PLACE = 300;
  private static final int LONGEST_HOST = 253;

  private final HttpProbeConfig config;
  private final Function<String, Optional<ClientCertificate>> certificates;

  /**
   * A reader for the operator's limits.
   *
   * @param certificates the client's certificates by name
   */
  public ProbeTaskReader(
      HttpProbeConfig config, Function<String, Optional<ClientCertificate>> certificates) {
    this.config = config;
    this.certificates = certificates;
  }

  /** What reading found. */
  public sealed interface Read {

    /** A task that can be run. */
    record Good(ProbeTask task) implements Read {}

    /** A task that is wrong. */
    record Bad(TaskError error) implements Read {}
  }

  public Read read(TaskRequest request) {
    TaskParams params = TaskParams.of(request.params());
    String urlText = params.text("url", LONGEST_URL);
    @Nullable WebUrl url = null;
    switch (WebUrl.parse(urlText)) {
      case Parsed.Good(WebUrl good) -> url = good;
      case Parsed.Bad(String reason) -> {
        if (!urlText.isEmpty()) {
          params.problem("url", reason);
        }
      }
    }
    String method = params.oneOf("method", "GET", METHODS);
    List<Header> headers = HeaderReader.read(params, "headers");
    String content = params.optionalContent("body", LONGEST_BODY);
    if (content != null && !content.isEmpty() && method.equals("TRACE")) {
      // RFC 9110, 9.3.8.
      params.problem("body", "must not go with TRACE");
    }
    boolean follow = params.bool("follow_redirects", true);
    int redirects = (int) params.integer("max_redirects", DEFAULT_REDIRECTS, 0, MOST_REDIRECTS);
    Duration timeout = timeout(params);
    IpFamily family =
        pick(IpFamily.values(), IpFamily::key, params.oneOf("ip_family", "any", families()));
    Pin pin = pin(params);
    Protocol protocol =
        pick(Protocol.values(), Protocol::key, params.oneOf("http_version", "auto", protocols()));
    boolean verify = params.bool("verify_tls", true);
    String serverName = serverName(params);
    PrivateAuthorities authorities = authorities(params);
    ClientCertificate identity = identity(params, url);
    BodyRules body = body(params);
    boolean reuse = params.bool("reuse_connection", false);
    List<Assertion> assertions = AssertionReader.read(params, "assertions");
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent() || url == null) {
      return new Read.Bad(problem.orElseGet(() -> TaskError.badTask("url is required")));
    }
    Binary bytes =
        content == null ? Binary.empty() : new Binary(content.getBytes(StandardCharsets.UTF_8));
    return new Read.Good(
        new ProbeTask(
            new HopRequest(url, method, headers, bytes),
            follow,
            redirects,
            timeout,
            family,
            pin,
            protocol,
            new Tls(verify, serverName, authorities, identity, null),
            body,
            reuse,
            assertions));
  }

  Duration timeout(TaskParams params) {
    return Duration.ofMillis(
        params.integer(
            "timeout_ms", config.timeout().toMillis(), 1, config.maxTimeout().toMillis()));
  }

  private BodyRules body(TaskParams params) {
    // Whoever names a limit asks for a part; whoever does not must not take a part for the whole.
    boolean cut = params.has("max_body_bytes");
    int limit = (int) params.integer("max_body_bytes", config.defaultBody(), 0, config.maxBody());
    return new BodyRules(limit, cut, params.bool("include_body", true));
  }

  private static @Nullable String serverName(TaskParams params) {
    String text = params.optionalText("server_name", LONGEST_HOST);
    if (text == null) {
      return null;
    }
    Optional<String> host = WebUrlReader.host(text);
    if (host.isEmpty()) {
      params.problem("server_name", "must be a host name or IP address");
    }
    return host.orElse(null);
  }

  private static @Nullable PrivateAuthorities authorities(TaskParams params) {
    String pem = params.optionalContent("ca_pem", PrivateAuthorities.LONGEST_PEM);
    if (pem == null) {
      return null;
    }
    Optional<PrivateAuthorities> read = PrivateAuthorities.parse(pem);
    if (read.isEmpty()) {
      params.problem("ca_pem", "must be 1 to 16 certificates in PEM and nothing else");
    }
    return read.orElse(null);
  }

  private @Nullable ClientCertificate identity(TaskParams params, @Nullable WebUrl url) {
    String name = params.optionalText("client_certificate", ClientCertificates.LONGEST_NAME);
    if (name == null) {
      return null;
    }
    Optional<ClientCertificate> known = certificates.apply(name);
    if (known.isEmpty()) {
      params.problem(
          "client_certificate", "must be the name of a certificate that the operator configured");
    } else if (url != null && url.origin().scheme() != Origin.Scheme.HTTPS) {
      params.problem("client_certificate", "must go with an https url");
    }
    return known.orElse(null);
  }

  private static @Nullable Pin pin(TaskParams params) {
    String text = params.optionalText("connect_to", LONGEST_PLACE);
    if (text == null) {
      return null;
    }
    boolean bareV6 = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
    int colon = bareV6 || text.endsWith("]") ? -1 : text.lastIndexOf(':');
    String hostText = bareV6 ? "[" + text + "]" : colon < 0 ? text : text.substring(0, colon);
    OptionalLong port =
        colon < 0 ? OptionalLong.of(0) : WholeNumber.parse(text.substring(colon + 1), 1, 65_535);
    Optional<String> host = WebUrlReader.host(hostText);
    if (host.isEmpty() || port.isEmpty()) {
      params.problem("connect_to", "must be an address or host name, with or without a port");
      return null;
    }
    return new Pin(host.get(), (int) port.getAsLong());
  }

  static List<String> families() {
    return Assertion.keys(IpFamily.values(), IpFamily::key);
  }

  static List<String> protocols() {
    return Assertion.keys(Protocol.values(), Protocol::key);
  }

  private static <E extends Enum<E>> E pick(E[] values, Function<E, String> key, String wanted) {
    for (E value : values) {
      if (key.apply(value).equals(wanted)) {
        return value;
      }
    }
    return values[0];
  }
}
