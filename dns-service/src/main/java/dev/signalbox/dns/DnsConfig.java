package dev.signalbox.dns;

import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.IpLiterals;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Configuration of dns-service.
 *
 * @param resolvers default resolvers, given by address; empty for the machine's
 * @param resolvConf file that names the machine's resolvers
 * @param resolverRefresh how often that file is read again, above 0
 * @param timeout time for one question in all, above 0 and at most {@code maxTimeout}
 * @param maxTimeout the longest a task may ask for, above 0 and at most 7 s: an attempt of the bus
 *     ends after 7.5 s
 * @param retries repetitions of a lost question, 0 to 10
 * @param maxInFlight tasks under way at once, 1 to 1,000,000
 * @param maxQueriesPerTask types times resolvers of one task, 1 to 1,000
 * @param ednsUdpSize EDNS buffer size, bytes, 512 to 4,096
 * @param mixedCase whether names are sent in random case against forged answers
 * @param udpSocketsPerResolver sockets for one resolver, 1 to 256
 * @param udpSockets sockets in all, 1 to 10,000
 * @param udpInFlightPerSocket queries under way on one socket, 1 to 16,384
 * @param udpWaitingPerResolver queries that wait until a resolver keeps up, 0 to 1,000,000
 * @param udpSocketLifetime after which a source port is given up, above 0
 * @param connectionsPerResolver TCP or TLS connections to one resolver, 1 to 64
 * @param connections TCP and TLS connections in all, 1 to 10,000
 * @param inFlightPerConnection queries under way on one connection, 1 to 16,384
 * @param connectionIdle after which an unused connection is closed, at least 1 s
 * @param httpsInFlight queries over HTTPS under way, 1 to 100,000
 * @param tlsTrustFile PEM file of the authorities to trust; empty for Java's own
 */
public record DnsConfig(
    @Setting(value = "", doc = "Default resolvers by address; empty: the machine's")
        List<String> resolvers,
    @Setting(value = "/etc/resolv.conf", doc = "File that names the machine's resolvers")
        Path resolvConf,
    @Setting(value = "30s", doc = "How often that file is read again; above 0")
        Duration resolverRefresh,
    @Setting(value = "5s", doc = "Time for one question in all; above 0, at most max-timeout")
        Duration timeout,
    @Setting(value = "7s", doc = "Longest time a task may ask for; above 0, at most 7s")
        Duration maxTimeout,
    @Setting(value = "2", doc = "Repetitions of a lost question; 0 to 10") int retries,
    @Setting(value = "20000", doc = "Tasks under way at once; 1 to 1,000,000") int maxInFlight,
    @Setting(value = "64", doc = "Types times resolvers of one task; 1 to 1,000")
        int maxQueriesPerTask,
    @Setting(value = "1232", doc = "EDNS buffer size, bytes; 512 to 4,096") int ednsUdpSize,
    @Setting(value = "true", doc = "Whether names go out in random case, against forged answers")
        boolean mixedCase,
    @Setting(value = "8", doc = "UDP sockets for one resolver; 1 to 256") int udpSocketsPerResolver,
    @Setting(value = "512", doc = "UDP sockets in all; 1 to 10,000") int udpSockets,
    @Setting(value = "4096", doc = "Queries under way on one socket; 1 to 16,384")
        int udpInFlightPerSocket,
    @Setting(value = "65536", doc = "Queries that wait for one resolver; 0 to 1,000,000")
        int udpWaitingPerResolver,
    @Setting(value = "10s", doc = "After which a source port is given up; above 0")
        Duration udpSocketLifetime,
    @Setting(value = "2", doc = "TCP or TLS connections to one resolver; 1 to 64")
        int connectionsPerResolver,
    @Setting(value = "256", doc = "TCP and TLS connections in all; 1 to 10,000") int connections,
    @Setting(value = "1024", doc = "Queries under way on one connection; 1 to 16,384")
        int inFlightPerConnection,
    @Setting(value = "10s", doc = "After which an unused connection is closed; at least 1s")
        Duration connectionIdle,
    @Setting(value = "2000", doc = "Queries over HTTPS under way; 1 to 100,000") int httpsInFlight,
    @Setting(value = "", doc = "PEM file of the authorities to trust; empty: Java's own")
        String tlsTrustFile) {

  public DnsConfig {
    resolvers = List.copyOf(resolvers);
    ConfigProblems problems =
        ConfigProblems.of("dns")
            .positive("resolver-refresh", resolverRefresh)
            .positive("timeout", timeout)
            .check(timeout.compareTo(maxTimeout) <= 0, "timeout", "must be at most max-timeout")
            .positive("max-timeout", maxTimeout)
            .check(maxTimeout.toMillis() <= 7_000, "max-timeout", "must be at most 7s")
            .range("retries", retries, 0, 10)
            .range("max-in-flight", maxInFlight, 1, 1_000_000)
            .range("max-queries-per-task", maxQueriesPerTask, 1, 1_000)
            .range("edns-udp-size", ednsUdpSize, EdnsOptions.MIN_UDP_SIZE, EdnsOptions.MAX_UDP_SIZE)
            .range("udp-sockets-per-resolver", udpSocketsPerResolver, 1, 256)
            .range("udp-sockets", udpSockets, 1, 10_000)
            .range("udp-in-flight-per-socket", udpInFlightPerSocket, 1, 16_384)
            .range("udp-waiting-per-resolver", udpWaitingPerResolver, 0, 1_000_000)
            .positive("udp-socket-lifetime", udpSocketLifetime)
            .range("connections-per-resolver", connectionsPerResolver, 1, 64)
            .range("connections", connections, 1, 10_000)
            .range("in-flight-per-connection", inFlightPerConnection, 1, 16_384)
            .check(connectionIdle.toSeconds() >= 1, "connection-idle", "must be at least 1s")
            .range("https-in-flight", httpsInFlight, 1, 100_000);
    for (String resolver : resolvers) {
      String rule = ruleBroken(resolver);
      problems.check(rule.isEmpty(), "resolvers", rule);
    }
    problems.throwIfAny();
  }

  private static String ruleBroken(String resolver) {
    try {
      ResolverSpec spec = ResolverSpec.parse(resolver, null);
      return IpLiterals.parse(spec.host()) == null
          ? "must be given by IP address, not by a name that would have to be resolved first"
          : "";
    } catch (IllegalArgumentException rule) {
      return String.valueOf(rule.getMessage());
    }
  }

  /** The default resolvers; empty for the machine's. */
  List<ResolverSpec> resolverSpecs() {
    return resolvers.stream().map(text -> ResolverSpec.parse(text, null)).toList();
  }
}
