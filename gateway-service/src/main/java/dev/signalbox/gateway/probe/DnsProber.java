package dev.signalbox.gateway.probe;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.gateway.backend.Backend;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Probes by {@link DnsContract#QUERY}. */
final class DnsProber {

  private static final String DURATION = "probe_dns_duration_seconds";
  private static final String DURATION_HELP = "Duration of DNS request by phase";
  private static final double MS_PER_S = 1_000;

  /** The longest that dns-service allows unless configured otherwise. */
  private static final long LONGEST_MS = 7_000;

  private final Backend backend;

  DnsProber(Backend backend) {
    this.backend = backend;
  }

  /**
   * Probes a DNS server.
   *
   * @return fails when the probe could not be carried out here, which says nothing of the server
   */
  Future<Finding> probe(
      RoutingContext ctx, DnsModule module, String target, Duration timeout, ProbeLog log) {
    Server server = Server.of(target, module.transport().equals("tls") ? "853" : "53");
    Optional<InetAddress> literal = IpLiteral.parse(server.host());
    if (literal.isPresent() && !module.ip().allows(literal.get())) {
      log.error("Error resolving address", "err", "the address is of the other family");
      return Future.succeededFuture(new Finding(false, unreached()));
    }
    long start = System.nanoTime();
    log.info("Making DNS query", "server", server, "transport", module.transport());
    DnsQueryRequest request = request(module, server, timeout);
    return call(ctx, request, timeout)
        .recover(failure ->
            beyondLimit(failure)
                ? call(ctx, request(module, server, null), timeout)
                : Future.failedFuture(failure))
        .compose(
            reply -> judge(module, literal, reply.outcomes().getFirst(), start, log),
            failure -> refused(failure, log));
  }

  /**
   * A server as targets name it.
   *
   * @param host address without brackets, or name
   */
  private record Server(String host, String port) {

    static Server of(String target, String defaultPort) {
      if (target.startsWith("[")) {
        int end = target.indexOf(']');
        if (end > 0) {
          String rest = target.substring(end + 1);
          return new Server(
              target.substring(1, end), rest.startsWith(":") ? rest.substring(1) : defaultPort);
        }
      }
      int colon = target.indexOf(':');
      boolean port = colon >= 0 && colon == target.lastIndexOf(':');
      return port
          ? new Server(target.substring(0, colon), target.substring(colon + 1))
          : new Server(target, defaultPort);
    }

    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  private Future<DnsQueryReply> call(
      RoutingContext ctx, DnsQueryRequest request, Duration timeout) {
    return backend.callWhileWanted(
        ctx, DnsContract.QUERY, request, ScrapeTimeout.call(timeout, LONGEST_MS));
  }

  private static boolean beyondLimit(Throwable failure) {
    return failure instanceof ServiceException fault
        && fault.problems().stream().anyMatch(one -> one.pointer().equals("/timeout_ms"));
  }

  private static DnsQueryRequest request(
      DnsModule module, Server server, @Nullable Duration timeout) {
    return new DnsQueryRequest(
        module.queryName(),
        List.of(module.queryType()),
        List.of(server.toString()),
        module.queryClass(),
        module.transport(),
        module.recursionDesired(),
        false,
        false,
        null,
        false,
        false,
        timeout == null ? null : (int) Math.clamp(timeout.toMillis(), 1, LONGEST_MS),
        0);
  }

  private static ProbeMetrics unreached() {
    ProbeMetrics metrics = new ProbeMetrics();
    for (String section : List.of("answer", "authority", "additional")) {
      metrics.set(
          "probe_dns_" + section + "_rrs",
          "Returns number of entries in the " + section + " resource record list",
          0);
    }
    metrics.set(
        "probe_dns_query_succeeded",
        "Displays whether or not the query was executed successfully",
        0);
    metrics.lookup(0);
    for (String phase : List.of("resolve", "connect", "request")) {
      metrics.add(DURATION, DURATION_HELP, 0, "phase", phase);
    }
    return metrics;
  }

  private static Future<Finding> judge(
      DnsModule module, Optional<InetAddress> literal, Outcome outcome, long start, ProbeLog log) {
    return switch (outcome) {
      case Outcome.Answered(DnsResult result) ->
          Future.succeededFuture(answered(module, literal, result, start, log));
      case Outcome.Unanswered(DnsFailure failure) -> {
        if ("internal".equals(failure.error().source())) {
          yield Future.failedFuture(
              new ServiceException(
                  ErrorCode.OVERLOADED, "dns-service: " + failure.error().message()));
        }
        log.error("Error while sending a DNS query", "err", failure.error().message());
        double elapsed = (System.nanoTime() - start) / 1e9;
        ProbeMetrics metrics = unreached();
        literal
            .or(() -> address(failure.resolver()))
            .ifPresent(address -> times(metrics, address, 0, 0, elapsed));
        yield Future.succeededFuture(new Finding(false, metrics));
      }
    };
  }

  private static Finding answered(
      DnsModule module, Optional<InetAddress> literal, DnsResult result, long start, ProbeLog log) {
    ProbeMetrics metrics = unreached();
    double elapsed = (System.nanoTime() - start) / 1e9;
    double connect = sum(result.timingsMs().connect(), result.timingsMs().tls()) / MS_PER_S;
    double query = result.timingsMs().query() / MS_PER_S;
    // The operation does not time looking up the server's name: it is what remains.
    double lookup = literal.isPresent() ? 0 : Math.max(0, elapsed - connect - query);
    Optional<InetAddress> address = literal.or(() -> address(result.resolver()));
    address.ifPresent(one -> times(metrics, one, lookup, connect, query));
    log.info("Got response", "rcode", result.rcode(), "server", result.resolver());
    count(metrics, "answer", result.answers());
    count(metrics, "authority", result.authority());
    count(metrics, "additional", result.additional());
    metrics.set(
        "probe_dns_query_succeeded",
        "Displays whether or not the query was executed successfully",
        1);
    if (module.queryType().equals("SOA")) {
      serial(metrics, result.answers());
    }
    if (address.isPresent() && !module.ip().allows(address.get())) {
      log.error("The server has no address of the module's family");
      return new Finding(false, metrics);
    }
    return new Finding(valid(module, result, log), metrics);
  }

  private static boolean valid(DnsModule module, DnsResult result, ProbeLog log) {
    if (!module.validRcodes().contains(result.rcode())) {
      log.error("Rcode is not one of the valid rcodes", "rcode", result.rcode());
      return false;
    }
    String dnsClass = module.queryClass();
    return Regexes.records("answer", result.answers(), dnsClass, module.answer(), log)
        && Regexes.records("authority", result.authority(), dnsClass, module.authority(), log)
        && Regexes.records("additional", result.additional(), dnsClass, module.additional(), log);
  }

  private static void times(
      ProbeMetrics metrics, InetAddress address, double lookup, double connect, double query) {
    metrics.lookup(lookup);
    metrics.address(address);
    metrics.clear(DURATION);
    metrics.add(DURATION, DURATION_HELP, lookup, "phase", "resolve");
    metrics.add(DURATION, DURATION_HELP, connect, "phase", "connect");
    metrics.add(DURATION, DURATION_HELP, query, "phase", "request");
  }

  private static void count(ProbeMetrics metrics, String section, List<DnsRecord> records) {
    metrics.set(
        "probe_dns_" + section + "_rrs",
        "Returns number of entries in the " + section + " resource record list",
        records.size());
  }

  private static void serial(ProbeMetrics metrics, List<DnsRecord> answers) {
    metrics.set("probe_dns_serial", "Returns the serial number of the zone", 0);
    for (DnsRecord record : answers) {
      String[] fields = record.data().split(" ");
      if (record.type().equals("SOA") && fields.length > 2 && fields[2].matches("[0-9]{1,10}")) {
        metrics.set(
            "probe_dns_serial",
            "Returns the serial number of the zone",
            Double.parseDouble(fields[2]));
      }
    }
  }

  private static double sum(@Nullable Double one, @Nullable Double other) {
    return (one == null ? 0 : one) + (other == null ? 0 : other);
  }

  /** The address of a resolver by its label, {@code address:port}. */
  private static Optional<InetAddress> address(String label) {
    int colon = label.lastIndexOf(':');
    String host = colon < 0 ? label : label.substring(0, colon);
    return IpLiteral.parse(host.replace("tls://", "").replace("[", "").replace("]", ""));
  }

  /**
   * A server that is no place to ask is a failed probe; anything else is an error of this system.
   */
  private static Future<Finding> refused(Throwable failure, ProbeLog log) {
    if (failure instanceof ServiceException fault && fault.code() == ErrorCode.INVALID_REQUEST) {
      log.error("Error while sending a DNS query", "err", String.valueOf(fault.getMessage()));
      return Future.succeededFuture(new Finding(false, unreached()));
    }
    return Future.failedFuture(failure);
  }
}
