package dev.signalbox.httpprobe.task;

import dev.signalbox.httpprobe.assertion.Assertion;
import dev.signalbox.httpprobe.body.BodyRules;
import dev.signalbox.httpprobe.connect.IpFamily;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.httpprobe.url.WebUrl;
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
 * @param reuse whether connections of earlier tasks may be used, and left to later ones
 * @param assertions what the answer must look like
 */
public record ProbeTask(
    HopRequest request,
    boolean followRedirects,
    int redirects,
    Duration timeout,
    IpFamily family,
    @Nullable Pin connectTo,
    Protocol protocol,
    Tls tls,
    BodyRules body,
    boolean reuse,
    List<Assertion> assertions) {

  public ProbeTask {
    assertions = List.copyOf(assertions);
  }

  /**
   * A place to connect to.
   *
   * @param host name or address
   * @param port 0 for the URL's own
   */
  public record Pin(String host, int port) {}

  /**
   * TLS settings.
   *
   * @param verify whether a certificate that does not verify ends the probe
   * @param serverName name to ask for and to verify instead of the URL's host
   * @param authorities to verify by instead of those of this machine; null for those
   * @param identity shown to a server that asks for a certificate; null for none
   * @param patience how long the target may be silent after the greeting; null for as long as the
   *     probe has time
   */
  public record Tls(
      boolean verify,
      @Nullable String serverName,
      @Nullable PrivateAuthorities authorities,
      @Nullable ClientCertificate identity,
      @Nullable Duration patience) {}

  ProbeTask withUrl(WebUrl url) {
    HopRequest other = new HopRequest(url, request.method(), request.headers(), request.content());
    return with(other, timeout);
  }

  public ProbeTask withTimeout(Duration other) {
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
        reuse,
        assertions);
  }

  /** Whether the body's bytes must be kept, not only counted and hashed. */
  public boolean keepsBody() {
    return body.include() || assertions.stream().anyMatch(Assertion::needsBody);
  }
}
