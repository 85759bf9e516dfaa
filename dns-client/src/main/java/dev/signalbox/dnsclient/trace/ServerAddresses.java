package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** The addresses of name servers that came with no referral, each looked up once in a trace. */
final class ServerAddresses {

  /** Resolves the name of a server by steps of the same trace. */
  @FunctionalInterface
  interface Resolution {
    Future<Resolved> resolve(Question question, Name server);
  }

  /**
   * Addresses of a name server.
   *
   * @param found empty when there are none
   * @param fault why there are none
   * @param reason the same as a sentence without the server
   */
  record Addresses(List<InetAddress> found, Fault fault, String reason) {

    Addresses {
      found = List.copyOf(found);
    }
  }

  /** Addresses of a name server in one family, and whether its name is known to exist. */
  private record Family(List<InetAddress> found, boolean exists) {}

  private final Resolution resolution;
  private final TraceLimits limits;
  private final Map<Name, Addresses> known = new HashMap<>();
  private final Set<Name> wanted = new HashSet<>();

  ServerAddresses(Resolution resolution, TraceLimits limits) {
    this.resolution = resolution;
    this.limits = limits;
  }

  Future<Addresses> of(Name server) {
    @Nullable Addresses before = known.get(server);
    if (before != null) {
      return Future.succeededFuture(before);
    }
    if (!wanted.add(server)) {
      return Future.succeededFuture(none("has an address that depends on its own zone"));
    }
    return family(server, Type.A)
        // Of a name that does not exist, or whose servers do not answer, nothing else is asked.
        .compose(v4 ->
            v4.exists() && v4.found().isEmpty()
                ? family(server, Type.AAAA)
                : Future.succeededFuture(v4))
        .map(family -> {
          wanted.remove(server);
          Addresses addresses = addresses(family);
          known.put(server, addresses);
          return addresses;
        });
  }

  /** Without addresses, a limit that has been reached is the reason: the server may have some. */
  private Addresses addresses(Family family) {
    Optional<Unanswered> limit = family.found().isEmpty() ? limits.reached() : Optional.empty();
    return limit
        .map(reached ->
            new Addresses(
                List.of(), reached.fault(), "has no address yet, and " + reached.reason()))
        .orElseGet(() ->
            new Addresses(family.found(), Fault.UNKNOWN_HOST, "has no address that can be found"));
  }

  private static Addresses none(String reason) {
    return new Addresses(List.of(), Fault.UNKNOWN_HOST, reason);
  }

  private Future<Family> family(Name server, int type) {
    return resolution
        .resolve(new Question(server, type), server)
        .map(resolved ->
            resolved.outcome() instanceof Answered answered
                ? new Family(
                    AnswerAddresses.of(answered.message(), resolved.question()).stream()
                        .distinct()
                        .limit(AuthorityResponse.MOST_ADDRESSES)
                        .toList(),
                    answered.message().getRcode() == Rcode.NOERROR)
                : new Family(List.of(), false));
  }
}
