package dev.signalbox.serverfactory;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.limit.MemoryBudget;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Configuration of server-factory-service.
 *
 * @param bind address that servers listen on
 * @param publicHost host of a server's URL; empty to derive it, see {@link #publicHost}
 * @param limit servers there may be in the whole cluster
 * @param firstPort lowest port given to servers that do not ask for one
 * @param lastPort highest such port
 * @param maxResponse characters a server's answer may have
 * @param maxRoutes routes a server may have
 * @param maxDefinition bytes a server's definition may have, routes and bodies included
 * @param definitionBytes of memory that all definitions of the process may take, as estimated; 0
 *     for a quarter of the heap, see {@link #definitionMemory}
 * @param maxFile bytes of a file that a route answers with
 * @param maxForwarded bytes of a response that a proxy forwards
 * @param proxyTargetRatePerS requests that proxies forward to one target in a second, over all
 *     replicas; 0 for no limit
 * @param maxRequestBody bytes of the body of one request
 * @param bodyTimeout in which the body of a request must be there
 * @param maxRequests requests that one server answers at once, delayed ones among them
 * @param journalBytes bytes of the journals of all servers of the process
 * @param maxConnections open connections of one server; one more is closed at once
 * @param idleTimeout how long a connection of a server may be silent
 * @param lease how long an instance keeps its servers without a renewal
 * @param heartbeat how often an instance renews its lease and looks for servers to adopt
 * @param maxInFlight requests under way at once; one more is refused
 */
public record ServerFactoryConfig(
    @Setting(value = "127.0.0.1", doc = "Address that servers listen on") String bind,
    @Setting(
            value = "",
            doc =
                "Host of a server's URL, without port; empty: bind, or for a wildcard the"
                    + " address in the cluster")
        String publicHost,
    @Setting(value = "10", doc = "Servers there may be in the whole cluster; 1 to 1000") int limit,
    @Setting(
            value = "50000",
            doc = "Lowest port given to servers that do not ask for one; 1024 to last-port")
        int firstPort,
    @Setting(value = "50999", doc = "Highest such port; first-port to 65535") int lastPort,
    @Setting(value = "1048576", doc = "Characters a server's answer may have; 0 to 16777216")
        int maxResponse,
    @Setting(value = "1000", doc = "Routes a server may have; 1 to 10000") int maxRoutes,
    @Setting(
            value = "4194304",
            doc = "Bytes of a server's definition, routes and bodies included; 1024 to 16777216")
        int maxDefinition,
    @Setting(
            value = "0",
            doc =
                "Bytes of memory that all definitions of the process may take, as estimated;"
                    + " 1048576 to 1099511627776, 0 for a quarter of the heap")
        long definitionBytes,
    @Setting(value = "4194304", doc = "Bytes of a file that a route answers with; 0 to 67108864")
        int maxFile,
    @Setting(value = "16777216", doc = "Bytes of a response that a proxy forwards; 0 to 67108864")
        int maxForwarded,
    @Setting(
            value = "0",
            doc =
                "Requests that proxies forward to one target (host and port) in a second, over all"
                    + " replicas; 0 (no limit) to 1000000")
        int proxyTargetRatePerS,
    @Setting(value = "4194304", doc = "Bytes of the body of one request to a server; 0 to 67108864")
        int maxRequestBody,
    @Setting(value = "30s", doc = "Time in which the body of a request must be there; 1s to 1h")
        Duration bodyTimeout,
    @Setting(
            value = "10000",
            doc = "Requests that one server answers at once, delayed ones among them; 1 to 1000000")
        int maxRequests,
    @Setting(
            value = "33554432",
            doc =
                "Bytes of the journals of all servers of the process, beside 128 KiB for each"
                    + " server; 0 to 4294967296")
        long journalBytes,
    @Setting(value = "1000", doc = "Open connections of one server; 1 to 1000000")
        int maxConnections,
    @Setting(value = "30s", doc = "Silence after which a connection is closed; 1s to 1h")
        Duration idleTimeout,
    @Setting(
            value = "2500ms",
            doc = "Time an instance keeps its servers without a renewal; above 2 heartbeats")
        Duration lease,
    @Setting(value = "750ms", doc = "How often an instance renews its lease; 10ms to 1m")
        Duration heartbeat,
    @Setting(value = "1000", doc = "Requests under way at once; 1 to 100000") int maxInFlight) {

  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");
  private static final Pattern HOST = Pattern.compile("[\\w.:-]{0,255}");

  static final int LOWEST_PORT = 1024;
  static final int HIGHEST_PORT = 65_535;

  /** What {@code max-routes} may be at most. */
  static final int MOST_ROUTES = 10_000;

  public ServerFactoryConfig {
    ConfigProblems.of("server-factory")
        .check(!bind.isBlank(), "bind", "must be an address")
        .check(
            HOST.matcher(publicHost).matches(), "public-host", "must be a host name or an address")
        .range("limit", limit, 1, 1_000)
        .range("first-port", firstPort, LOWEST_PORT, HIGHEST_PORT)
        .range("last-port", lastPort, firstPort, HIGHEST_PORT)
        .range("max-response", maxResponse, 0, 16_777_216)
        .range("max-routes", maxRoutes, 1, MOST_ROUTES)
        .range("max-definition", maxDefinition, 1_024, 16_777_216)
        .check(
            definitionBytes == 0 || (definitionBytes >= 1L << 20 && definitionBytes <= 1L << 40),
            "definition-bytes",
            "must be 0, or between 1048576 and 1099511627776")
        .range("max-file", maxFile, 0, 67_108_864)
        .range("max-forwarded", maxForwarded, 0, 67_108_864)
        .range("proxy-target-rate-per-s", proxyTargetRatePerS, 0, 1_000_000)
        .range("max-request-body", maxRequestBody, 0, 67_108_864)
        .range("body-timeout (s)", bodyTimeout.toSeconds(), 1, 3_600)
        .range("max-requests", maxRequests, 1, 1_000_000)
        .range("journal-bytes", journalBytes, 0, 1L << 32)
        .range("max-connections", maxConnections, 1, 1_000_000)
        .range("idle-timeout (s)", idleTimeout.toSeconds(), 1, 3_600)
        .range("heartbeat (ms)", heartbeat.toMillis(), 10, 60_000)
        .check(
            lease.compareTo(heartbeat.plus(heartbeat)) > 0,
            "lease",
            "must be longer than two heartbeats")
        .range("max-in-flight", maxInFlight, 1, 100_000)
        .throwIfAny();
  }

  /** Bytes that all definitions of the process may take, as estimated. */
  long definitionMemory() {
    return definitionBytes == 0 ? MemoryBudget.ofHeap(4).limit() : definitionBytes;
  }

  /**
   * The host under which clients reach the servers of this instance.
   *
   * @param advertised address that this process tells the cluster; the machine's name without one
   */
  String publicHost(String advertised) {
    if (!publicHost.isEmpty()) {
      return publicHost;
    }
    return WILDCARDS.contains(bind) ? advertised : bind;
  }
}
