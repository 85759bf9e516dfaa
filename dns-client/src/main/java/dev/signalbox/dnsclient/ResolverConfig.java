package dev.signalbox.dnsclient;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.cache.SharedAnswers;
import dev.signalbox.dnsclient.dnssec.Validator;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.ResolverRates;
import dev.signalbox.dnsclient.transport.StreamTransport;
import dev.signalbox.dnsclient.transport.UdpTransport;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How names are looked up, the same for every service that does: section {@code resolver}.
 *
 * @param upstreams default resolvers, given by address; empty for the machine's
 * @param resolvConf file that names the machine's resolvers
 * @param hostsFile file of addresses that are known without asking
 * @param refresh how often these files are looked at again, above 0
 * @param timeout time for one question about a host, above 0, at most 60 s
 * @param retries repetitions of a lost query about a host or a resolver's own name, 0 to 10
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
 * @param ratePerS queries a second to one resolver address, from all processes together, 0 for no
 *     limit, at most 1,000,000
 * @param rateBurst queries that may go to it at once after a pause, 1 to 1,000,000
 * @param rateWaiting queries that wait for their turn, for each address, 0 to 1,000,000
 * @param rateResolvers addresses whose rate is counted at once, 1 to 1,000,000
 * @param trustAnchors file of DS or DNSKEY records to trust; empty for those of the root zone
 * @param validationsInFlight DNSSEC validations under way, 1 to 100,000
 * @param validationQueries queries of one validation, 1 to 1,000
 * @param validationThreads threads that verify signatures, 1 to 64
 * @param cacheBytes of all cached answers together, 0 for no cache, at most 16 GiB
 * @param cacheMaxTtl after which a cached answer is asked for again whatever its TTL, above 0
 * @param cacheMaxNegativeTtl the same for answers that say there is nothing, above 0
 */
public record ResolverConfig(
    @Setting(value = "", doc = "Default resolvers by address; empty: the machine's")
        List<String> upstreams,
    @Setting(value = "/etc/resolv.conf", doc = "File that names the machine's resolvers")
        Path resolvConf,
    @Setting(value = "/etc/hosts", doc = "File of addresses that are known without asking")
        Path hostsFile,
    @Setting(value = "30s", doc = "How often these files are looked at again; above 0")
        Duration refresh,
    @Setting(value = "5s", doc = "Time for one question about a host; above 0, at most 60s")
        Duration timeout,
    @Setting(value = "2", doc = "Repetitions of a lost query about a host; 0 to 10") int retries,
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
        String tlsTrustFile,
    @Setting(
            value = "0",
            doc = "Queries a second to one resolver address, by all processes; 0: no limit")
        int ratePerS,
    @Setting(value = "10", doc = "Queries that may go to it at once after a pause; 1 to 1,000,000")
        int rateBurst,
    @Setting(value = "10000", doc = "Queries that wait for their turn; 0 to 1,000,000")
        int rateWaiting,
    @Setting(value = "65536", doc = "Resolver addresses whose rate is counted; 1 to 1,000,000")
        int rateResolvers,
    @Setting(value = "", doc = "File of DS or DNSKEY records to trust; empty: the root's")
        String trustAnchors,
    @Setting(value = "1000", doc = "DNSSEC validations under way; 1 to 100,000")
        int validationsInFlight,
    @Setting(value = "64", doc = "Queries of one validation; 1 to 1,000") int validationQueries,
    @Setting(value = "2", doc = "Threads that verify signatures; 1 to 64") int validationThreads,
    @Setting(
            value = "16777216",
            doc = "Cached answers, bytes in all; 0 for no cache, at most 16 GiB")
        long cacheBytes,
    @Setting(value = "1d", doc = "Longest time an answer is cached; above 0") Duration cacheMaxTtl,
    @Setting(value = "1h", doc = "Longest time a missing record is cached; above 0")
        Duration cacheMaxNegativeTtl) {

  /** Its section in the configuration. */
  public static final String SECTION = "resolver";

  private static final long MOST_CACHE_BYTES = 16L << 30;

  public ResolverConfig {
    upstreams = List.copyOf(upstreams);
    ConfigProblems problems =
        ConfigProblems.of(SECTION)
            .positive("refresh", refresh)
            .positive("timeout", timeout)
            .check(timeout.toSeconds() <= 60, "timeout", "must be at most 60s")
            .range("retries", retries, 0, 10)
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
            .range("https-in-flight", httpsInFlight, 1, 100_000)
            .range("rate-per-s", ratePerS, 0, 1_000_000)
            .range("rate-burst", rateBurst, 1, 1_000_000)
            .range("rate-waiting", rateWaiting, 0, 1_000_000)
            .range("rate-resolvers", rateResolvers, 1, 1_000_000)
            .range("validations-in-flight", validationsInFlight, 1, 100_000)
            .range("validation-queries", validationQueries, 1, 1_000)
            .range("validation-threads", validationThreads, 1, 64)
            .range("cache-bytes", cacheBytes, 0, MOST_CACHE_BYTES)
            .positive("cache-max-ttl", cacheMaxTtl)
            .positive("cache-max-negative-ttl", cacheMaxNegativeTtl);
    for (String upstream : upstreams) {
      String rule = ruleBroken(upstream);
      problems.check(rule.isEmpty(), "upstreams", rule);
    }
    problems.throwIfAny();
  }

  private static String ruleBroken(String upstream) {
    try {
      ResolverSpec spec = ResolverSpec.parse(upstream, null);
      return IpLiteral.parse(spec.host()).isEmpty()
          ? "must be given by IP address, not by a name that would have to be resolved first"
          : "";
    } catch (IllegalArgumentException rule) {
      return String.valueOf(rule.getMessage());
    }
  }

  /** The default resolvers; empty for the machine's. */
  public List<ResolverSpec> upstreamSpecs() {
    return upstreams.stream().map(text -> ResolverSpec.parse(text, null)).toList();
  }

  /** One client's part of what some clients may have together; at least 1 of what is not 0. */
  static int share(int all, int clients) {
    return Math.ceilDiv(all, clients);
  }

  UdpTransport.Limits udpLimits(int clients) {
    return new UdpTransport.Limits(
        share(udpSocketsPerResolver, clients),
        share(udpSockets, clients),
        udpInFlightPerSocket,
        share(UdpTransport.Limits.ANY_SERVER, clients),
        share(udpWaitingPerResolver, clients),
        udpSocketLifetime.toNanos(),
        mixedCase);
  }

  StreamTransport.Limits streamLimits(int clients) {
    return new StreamTransport.Limits(
        share(connectionsPerResolver, clients),
        share(connections, clients),
        inFlightPerConnection,
        connectionIdle.toNanos());
  }

  ResolverRates.Limits rateLimits() {
    return new ResolverRates.Limits(ratePerS, rateBurst, rateWaiting, rateResolvers);
  }

  Validator.Limits validationLimits(int clients) {
    return new Validator.Limits(
        share(validationsInFlight, clients), validationQueries, share(validationThreads, clients));
  }

  SharedAnswers.Limits cacheLimits() {
    return new SharedAnswers.Limits(cacheBytes, cacheMaxTtl, cacheMaxNegativeTtl);
  }
}
