package dev.signalbox.httpprobe.task;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.httpprobe.ProbeRequest;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.assertion.Assertion;
import dev.signalbox.httpprobe.body.BodyRules;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.task.ProbeTask.Pin;
import dev.signalbox.httpprobe.task.ProbeTask.Tls;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.httpprobe.url.WebUrl;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import dev.signalbox.httpprobe.url.WebUrlReader;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.task.TaskParams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From a client's parameters, or a request with the same, to a checked {@link ProbeTask}: PEM
 * becomes authorities here, and the name of a client certificate its key.
 */
public final class ProbeTaskReader {

  private static final TypeReference<Map<String, @Nullable Object>> PARAMS =
      new TypeReference<>() {};

  private final HttpProbeTasks tasks;
  private final Function<String, Optional<ClientCertificate>> certificates;

  /**
   * A reader for the operator's limits.
   *
   * @param certificates the client's certificates by name
   */
  public ProbeTaskReader(
      HttpProbeConfig config, Function<String, Optional<ClientCertificate>> certificates) {
    this.tasks = new HttpProbeTasks(config);
    this.certificates = certificates;
  }

  HttpProbeTasks tasks() {
    return tasks;
  }

  /** What reading found. */
  public sealed interface Read {

    /** They are right. */
    record Good(ProbeTask task) implements Read {}

    /** They are wrong: the error of a task, and each problem by itself. */
    record Bad(TaskError error, List<FieldProblem> problems) implements Read {}
  }

  /** Reads a task. */
  public Read read(TaskRequest request) {
    return read(request.params());
  }

  /** Reads a request, whose components are the task's parameters by name. */
  public Read read(ProbeRequest request) {
    return read(Json.mapper().convertValue(request, PARAMS));
  }

  private Read read(Map<String, @Nullable Object> raw) {
    TaskParams params = TaskParams.of(raw);
    String urlText = tasks.url.read(params);
    @Nullable WebUrl url = null;
    switch (WebUrl.parse(urlText)) {
      case Parsed.Good(WebUrl good) -> url = good;
      case Parsed.Bad(String reason) -> {
        if (!urlText.isEmpty()) {
          tasks.url.problem(params, reason);
        }
      }
    }
    String method = tasks.method.read(params);
    List<Header> headers = tasks.headers.read(params);
    String content = tasks.content.read(params);
    if (content != null && !content.isEmpty() && method.equals("TRACE")) {
      // RFC 9110, 9.3.8.
      tasks.content.problem(params, "must not go with TRACE");
    }
    boolean follow = tasks.followRedirects.read(params);
    int redirects = tasks.maxRedirects.read(params);
    Duration timeout = tasks.timeout.read(params);
    IpFamily family = tasks.ipFamily.read(params);
    Pin pin = pin(params);
    Protocol protocol = tasks.httpVersion.read(params);
    boolean verify = tasks.verifyTls.read(params);
    String serverName = serverName(params);
    PrivateAuthorities authorities = authorities(params);
    ClientCertificate identity = identity(params, url);
    BodyRules body = body(params);
    boolean reuse = tasks.reuseConnection.read(params);
    List<Assertion> assertions = tasks.assertions.read(params);
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent() || url == null) {
      return new Read.Bad(
          problem.orElseGet(() -> TaskError.badTask("url is required")), params.problems());
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

  private BodyRules body(TaskParams params) {
    // Whoever names a limit asks for a part; whoever does not must not take a part for the whole.
    boolean cut = tasks.maxBodyBytes.isGiven(params);
    int limit = tasks.maxBodyBytes.read(params);
    return new BodyRules(limit, cut, tasks.includeBody.read(params));
  }

  private @Nullable String serverName(TaskParams params) {
    String text = tasks.serverName.read(params);
    if (text == null) {
      return null;
    }
    Optional<String> host = WebUrlReader.host(text);
    if (host.isEmpty()) {
      tasks.serverName.problem(params, "must be a host name or IP address");
    }
    return host.orElse(null);
  }

  private @Nullable PrivateAuthorities authorities(TaskParams params) {
    String pem = tasks.authorities.read(params);
    if (pem == null) {
      return null;
    }
    Optional<PrivateAuthorities> read = PrivateAuthorities.parse(pem);
    if (read.isEmpty()) {
      tasks.authorities.problem(params, "must be 1 to 16 certificates in PEM and nothing else");
    }
    return read.orElse(null);
  }

  private @Nullable ClientCertificate identity(TaskParams params, @Nullable WebUrl url) {
    String name = tasks.clientCertificate.read(params);
    if (name == null) {
      return null;
    }
    Optional<ClientCertificate> known = certificates.apply(name);
    if (known.isEmpty()) {
      tasks.clientCertificate.problem(
          params, "must be the name of a certificate that the operator configured");
    } else if (url != null && url.origin().scheme() != Origin.Scheme.HTTPS) {
      tasks.clientCertificate.problem(params, "must go with an https url");
    }
    return known.orElse(null);
  }

  private @Nullable Pin pin(TaskParams params) {
    String text = tasks.connectTo.read(params);
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
      tasks.connectTo.problem(params, "must be an address or host name, with or without a port");
      return null;
    }
    return new Pin(host.get(), (int) port.getAsLong());
  }
}
