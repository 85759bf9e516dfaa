package dev.signalbox.httpprobe.probe;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.task.ProbeTask.Pin;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.guard.Verdict;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes. What a task says of places holds for its own URL's origin alone, and not
 * for those it is redirected to.
 *
 * @param host to look up, or an address
 * @param port to connect to
 * @param serverName to ask for and verify, where there is TLS
 * @param authorities to verify by; null for those of this machine
 * @param identity shown to a server that asks for a certificate; null for none
 */
record Place(
    String host,
    int port,
    String serverName,
    @Nullable PrivateAuthorities authorities,
    @Nullable ClientCertificate identity) {

  private static final int MOST_ADDRESSES = 8;

  static Place of(ProbeTask task, HopRequest request) {
    Origin origin = request.url().origin();
    boolean own = origin.equals(task.request().url().origin());
    Pin pin = own ? task.connectTo() : null;
    String asked = own ? task.tls().serverName() : null;
    return new Place(
        pin == null ? origin.host() : pin.host(),
        pin == null || pin.port() == 0 ? origin.port() : pin.port(),
        asked == null ? origin.host() : asked,
        // A private authority speaks for its host, also where that redirects from http to https.
        origin.host().equals(task.request().url().origin().host())
            ? task.tls().authorities()
            : null,
        own ? task.tls().identity() : null);
  }

  /** Its addresses of the task's family, all of them judged by the guard. */
  Future<List<InetAddress>> addresses(
      ProbeParts parts,
      ProbeTask task,
      PhaseClock clock,
      long deadline,
      Cancellation cancellation) {
    Optional<InetAddress> literal = IpLiteral.parse(host);
    Future<List<InetAddress>> found;
    if (literal.isPresent()) {
      found = Future.succeededFuture(List.of(literal.get()));
    } else {
      clock.begin(Phase.DNS);
      found = parts.resolver().resolve(host, deadline, cancellation, clock.trace());
    }
    return found.map(addresses -> {
      clock.end();
      return permitted(parts, task, addresses);
    });
  }

  private List<InetAddress> permitted(
      ProbeParts parts, ProbeTask task, List<InetAddress> addresses) {
    // Every address is judged, those of the other family too: see TargetGuard.
    if (parts.guard().judge(addresses) instanceof Verdict.Blocked blocked) {
      throw ProbeException.blocked(blocked.message());
    }
    List<InetAddress> usable =
        task.family().usable(addresses).stream().limit(MOST_ADDRESSES).toList();
    if (usable.isEmpty()) {
      throw ProbeException.dns(host + " has no address of family " + task.family().key(), false);
    }
    return usable;
  }
}
