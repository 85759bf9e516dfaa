package dev.signalbox.httpprobe.task;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.body.BodyRules;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.task.ProbeTask.Tls;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.httpprobe.url.Origin.Scheme;
import dev.signalbox.httpprobe.url.WebUrl;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import dev.signalbox.httpprobe.url.WebUrlReader;
import dev.signalbox.platform.task.TaskParams;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From the parameters of {@code http_get_request} to the same task as {@code http_probe}. */
public final class GetTaskReader {

  // A server that speaks TLS answers a greeting within a round trip or two.
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(3);

  private final HttpProbeConfig config;
  private final HttpProbeTasks tasks;

  public GetTaskReader(HttpProbeConfig config, ProbeTaskReader probes) {
    this.config = config;
    this.tasks = probes.tasks();
  }

  /** What reading found. */
  public sealed interface Read {

    /**
     * A task that can be run.
     *
     * @param task over TLS or not, as the port suggests
     * @param inTheClear the same without TLS, to be tried when the target turns out not to speak
     *     it; null when the scheme was said or is http already
     */
    record Good(ProbeTask task, @Nullable ProbeTask inTheClear) implements Read {}

    /** A task that is wrong. */
    record Bad(TaskError error) implements Read {}
  }

  public Read read(TaskRequest request) {
    TaskParams params = TaskParams.of(request.params());
    String host = tasks.host.read(params);
    int port = tasks.port.read(params);
    String uri = tasks.uri.read(params);
    String said = tasks.scheme.read(params);
    Duration timeout = tasks.timeout.read(params);
    String bracketed =
        host.indexOf(':') >= 0 && IpLiteral.parse(host).isPresent() ? "[" + host + "]" : host;
    if (!host.isEmpty() && WebUrlReader.host(bracketed).isEmpty()) {
      tasks.host.problem(params, "must be a host name or IP address, without scheme or path");
    }
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent()) {
      return new Read.Bad(problem.get());
    }
    Scheme scheme =
        switch (said) {
          case "http" -> Scheme.HTTP;
          case "https" -> Scheme.HTTPS;
          default -> Integer.toString(port).startsWith("80") ? Scheme.HTTP : Scheme.HTTPS;
        };
    String path = uri.isEmpty() || uri.startsWith("/") ? uri : "/" + uri;
    String rest = bracketed + ":" + port + path;
    return switch (WebUrl.parse(scheme.text() + "://" + rest)) {
      case Parsed.Bad(String reason) -> new Read.Bad(TaskError.badTask("uri " + reason));
      case Parsed.Good(WebUrl url) -> {
        boolean guess = said.equals(HttpProbeTasks.SCHEME_AUTO) && scheme == Scheme.HTTPS;
        ProbeTask task = task(url, timeout, guess ? patience(timeout) : null);
        yield new Read.Good(
            task,
            guess
                ? task.withUrl(
                    new WebUrl(new Origin(Scheme.HTTP, url.origin().host(), port), url.target()))
                : null);
      }
    };
  }

  /** At most half the time, so that there is as much left for plain HTTP. */
  private static Duration patience(Duration timeout) {
    Duration half = timeout.dividedBy(2);
    return half.compareTo(MOST_PATIENCE) < 0 ? half : MOST_PATIENCE;
  }

  private ProbeTask task(WebUrl url, Duration timeout, @Nullable Duration patience) {
    return new ProbeTask(
        new HopRequest(url, "GET", List.of(), Binary.empty()),
        true,
        HttpProbeTasks.DEFAULT_REDIRECTS,
        timeout,
        IpFamily.ANY,
        null,
        Protocol.AUTO,
        new Tls(true, null, null, null, patience),
        new BodyRules(config.defaultBody(), false, true),
        false,
        List.of());
  }
}
