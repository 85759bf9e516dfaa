package dev.signalbox.httpprobe.task;

import static dev.signalbox.platform.task.CommandOption.flag;
import static dev.signalbox.platform.task.CommandOption.value;

import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.assertion.Assertion;
import dev.signalbox.httpprobe.assertion.AssertionReader;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.platform.task.CommandOption.Kind;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The declarations of the tasks of this service, with the operator's limits in them. */
public final class HttpProbeTasks {

  static final String SCHEME_AUTO = "auto";
  static final int DEFAULT_REDIRECTS = 10;

  private static final int LONGEST_URL = 8_192;
  private static final int LONGEST_PATH = LONGEST_URL / 2;
  private static final int LONGEST_BODY = 1_048_576;
  private static final int MOST_REDIRECTS = 30;
  private static final int LONGEST_PLACE = 300;
  private static final int LONGEST_SERVER_NAME = 253;
  private static final int LONGEST_HOST = 260;
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

  final Param<String> host =
      Param.text("domain_or_ip", "Host name or IP address", LONGEST_HOST)
          .titled("Host")
          .with("minLength", 1)
          .examples("example.com", "192.0.2.1", "2001:db8::1");

  final Param<Integer> port =
      Param.integerOrDigits("port", "TCP port", 1, 65_535, 443).titled("Port");

  final Param<String> uri =
      Param.text("uri", "Path and query", LONGEST_PATH, "")
          .titled("Path")
          .examples("/index.html", "/search?q=signal");

  final Param<String> scheme =
      Param.oneOf(
              "scheme",
              "auto takes http for ports that begin with 80 and for targets that do not"
                  + " speak TLS, https otherwise",
              SCHEME_AUTO,
              List.of(SCHEME_AUTO, "http", "https"))
          .titled("Scheme");

  final Param<String> url =
      Param.text("url", "http or https URL", LONGEST_URL)
          .titled("URL")
          .with("format", "iri")
          .with("minLength", 1)
          .examples("https://example.com/", "http://[2001:db8::1]:8080/health?full=1");

  final Param<String> method =
      Param.oneOf("method", "Request method", "GET", METHODS)
          .titled("Method")
          .option(value(Kind.TEXT, "M", "request method; POST with --data", "--method", "-X"));

  final Param<List<Header>> headers =
      Param.custom("headers", HeaderReader.schema(), HeaderReader::read)
          .titled("Headers")
          .examples(Map.of("Accept", "application/json", "X-Trace", List.of("a", "b")));

  final Param<@Nullable String> content =
      Param.content("body", "Sent as UTF-8", LONGEST_BODY)
          .titled("Request body")
          .examples("{\"ping\":true}")
          .option(value(Kind.TEXT, "TEXT", "request body", "--data", "-d"));

  final Param<Boolean> followRedirects =
      Param.bool("follow_redirects", "Whether redirects are followed", true)
          .titled("Follow redirects");

  final Param<Integer> maxRedirects =
      Param.integer(
              "max_redirects", "Redirects followed at most", 0, MOST_REDIRECTS, DEFAULT_REDIRECTS)
          .titled("Maximum redirects")
          .option(value(Kind.NUMBER, "N", "follow redirects, at most so many", "--max-redirects"));

  final Param<Duration> timeout;

  final Param<IpFamily> ipFamily =
      oneOf(
              "ip_family",
              "Addresses that may be used",
              IpFamily.ANY,
              IpFamily.values(),
              IpFamily::key)
          .titled("IP family")
          .option(flag("ipv4", "use IPv4 addresses only", "-4", "--ipv4"))
          .option(flag("ipv6", "use IPv6 addresses only", "-6", "--ipv6"));

  final Param<@Nullable String> connectTo =
      Param.optionalText(
              "connect_to",
              "Address or name, with or without a port, to connect to instead of the URL's"
                  + " host",
              LONGEST_PLACE)
          .titled("Connect to")
          .examples("192.0.2.1", "192.0.2.1:8443", "[2001:db8::1]:8443", "backend-1.example")
          .option(
              value(
                  Kind.TEXT,
                  "HOST[:PORT]",
                  "connect there; host name and certificate stay those of the URL",
                  "--connect-to"));

  final Param<Protocol> httpVersion =
      oneOf(
              "http_version",
              "auto takes what the target prefers over TLS and 1.1 in the clear; 2 in the"
                  + " clear is by prior knowledge",
              Protocol.AUTO,
              Protocol.values(),
              Protocol::key)
          .titled("HTTP version")
          .option(flag("1.1", "use HTTP/1.1", "--http1.1"))
          .option(
              flag("2", "use HTTP/2, on http:// by prior knowledge", "--http2")
                  .also("--http2-prior-knowledge"));

  final Param<Boolean> verifyTls =
      Param.bool("verify_tls", "Whether a certificate that does not verify ends the probe", true)
          .titled("Verify certificate")
          .option(
              flag(
                  false, "accept any certificate; it is printed all the same", "--insecure", "-k"));

  final Param<@Nullable String> serverName =
      Param.optionalText(
              "server_name",
              "Name to ask for and verify instead of the URL's host",
              LONGEST_SERVER_NAME)
          .titled("Server name")
          .examples("www.example.com")
          .option(
              value(
                  Kind.TEXT,
                  "N",
                  "server name to send in TLS (default: the host of the URL)",
                  "--server-name"));

  final Param<@Nullable String> authorities =
      Param.content(
              "ca_pem",
              "Certificates in PEM that the target's is verified by instead of those the"
                  + " machine trusts; for the URL's host alone",
              PrivateAuthorities.LONGEST_PEM)
          .titled("Authorities");

  final Param<@Nullable String> clientCertificate =
      Param.optionalText(
              "client_certificate",
              "Name of a certificate the operator configured, shown to the URL's own server"
                  + " if that asks for one",
              ClientCertificates.LONGEST_NAME)
          .titled("Client certificate")
          .option(
              value(
                  Kind.TEXT,
                  "NAME",
                  "identify by a certificate the operator configured",
                  "--client-certificate"));

  final Param<Boolean> reuseConnection =
      Param.bool(
              "reuse_connection",
              "Whether a connection kept from an earlier task with the same settings may be"
                  + " used, and this one kept",
              false)
          .titled("Reuse connection");

  final Param<Integer> maxBodyBytes;

  final Param<Boolean> includeBody =
      Param.bool("include_body", "Whether the result shows the body", true).titled("Show body");

  final Param<List<Assertion>> assertions = AssertionReader.ASSERTIONS;

  private final TaskSpec get;
  private final TaskSpec probe;

  /** The declarations under a configuration. */
  public HttpProbeTasks(HttpProbeConfig config) {
    timeout =
        Param.integer(
                "timeout_ms",
                "Milliseconds everything may take",
                1,
                (int) config.maxTimeout().toMillis(),
                (int) config.timeout().toMillis())
            .titled("Time limit")
            .option(value(Kind.TIME, "T", "total time, such as 500ms or 5s", "--timeout", "-m"))
            .map(Duration::ofMillis);
    maxBodyBytes =
        Param.integer(
                "max_body_bytes",
                "Bytes of the body read, after decompression; a longer body is cut. Without"
                    + " it, a body longer than the default is an error",
                0,
                config.maxBody(),
                config.defaultBody())
            .titled("Maximum body size in bytes")
            .option(value(Kind.AMOUNT, "BYTES", "read at most so much of the body", "--max-body"));
    get =
        TaskSpec.of(
                "http_get_request",
                "Fetches a page over HTTP or HTTPS",
                HttpProbeContract.GET,
                host,
                port,
                uri,
                scheme,
                timeout)
            .aliases("http_get")
            .examples(
                List.of(
                    Map.of("domain_or_ip", "example.com"),
                    Map.of("domain_or_ip", "x.test", "port", 80)));
    probe =
        TaskSpec.of(
                "http_probe",
                "Sends an HTTP request and reports the answer, the time of every phase, the"
                    + " certificate and whether assertions hold",
                HttpProbeContract.PROBE_TASK,
                url,
                method,
                headers,
                content,
                followRedirects,
                maxRedirects,
                timeout,
                ipFamily,
                connectTo,
                httpVersion,
                verifyTls,
                serverName,
                authorities,
                clientCertificate,
                reuseConnection,
                maxBodyBytes,
                includeBody,
                assertions)
            .examples(
                List.of(
                    Map.of("url", "https://example.com/"),
                    Map.of(
                        "url",
                        "https://example.com/api",
                        "method",
                        "HEAD",
                        "connect_to",
                        "192.0.2.1",
                        "assertions",
                        List.of(
                            Map.of("source", "status", "comparison", "less_than", "target", 400),
                            Map.of(
                                "source",
                                "tls_expiry",
                                "comparison",
                                "greater_than",
                                "target",
                                14)))));
  }

  private static <E extends Enum<E>> Param<E> oneOf(
      String name, String description, E otherwise, E[] values, Function<E, String> key) {
    return Param.oneOf(name, description, key.apply(otherwise), Assertion.keys(values, key))
        .map(word -> {
          for (E value : values) {
            if (key.apply(value).equals(word)) {
              return value;
            }
          }
          return otherwise;
        });
  }

  /** Task {@code http_get_request}, as it is announced. */
  public TaskType get() {
    return get.type();
  }

  /** Task {@code http_probe}, as it is announced. */
  public TaskType probe() {
    return probe.type();
  }

  /** The declaration of {@code http_probe}. */
  public TaskSpec probeSpec() {
    return probe;
  }
}
