package dev.signalbox.httpprobe;

import dev.signalbox.contracts.Binary;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to probe and how; checked.
 *
 * @param request the first hop's request
 * @param redirects how many redirects to follow; 0 means the first answer is the answer
 * @param followRedirects whether to follow redirects at all
 * @param timeout for everything together
 * @param family which addresses may be used
 * @param connectTo where to connect instead of where the URL's host resolves to
 * @param protocol which HTTP may be spoken
 * @param tls how the target's certificate is treated
 * @param body what is done with the answer's body
 * @param assertions what the answer must look like
 */
record ProbeTask(
    HopRequest request,
    boolean followRedirects,
    int redirects,
    Duration timeout,
    IpFamily family,
    @Nullable Pin connectTo,
    Protocol protocol,
    Tls tls,
    Body body,
    List<Assertion> assertions) {

  ProbeTask {
    assertions = List.copyOf(assertions);
  }

  /**
   * One request.
   *
   * @param url what to ask for
   * @param method upper case
   * @param headers as the client gave them
   * @param content may be empty
   */
  record HopRequest(WebUrl url, String method, List<Header> headers, Binary content) {

    HopRequest {
      headers = List.copyOf(headers);
    }
  }

  /**
   * A place to connect to.
   *
   * @param host name or address
   * @param port 0 for the URL's own
   */
  record Pin(String host, int port) {}

  /**
   * TLS settings.
   *
   * @param verify whether a certificate that does not verify ends the probe
   * @param serverName name to ask for and to verify instead of the URL's host
   */
  record Tls(boolean verify, @Nullable String serverName) {}

  /**
   * Body settings.
   *
   * @param limit bytes read at most, counted after decompression
   * @param cut whether a longer body is cut, rather than an error
   * @param include whether the result shows it
   */
  record Body(int limit, boolean cut, boolean include) {}

  ProbeTask withUrl(WebUrl url) {
    HopRequest other = new HopRequest(url, request.method(), request.headers(), request.content());
    return with(other, timeout);
  }

  ProbeTask withTimeout(Duration other) {
    return with(request, other);
  }

  private ProbeTask with(HopRequest request, Duration timeout) {
    return new ProbeTask(
        request,
        followRedirects,
        redirects,
        timeout,
        family,
        connectTo,
        protocol,
        tls,
        body,
        assertions);
  }

  /** Whether the body's bytes must be kept, not only counted and hashed. */
  boolean keepsBody() {
    return body.include() || assertions.stream().anyMatch(Assertion::needsBody);
  }
}
