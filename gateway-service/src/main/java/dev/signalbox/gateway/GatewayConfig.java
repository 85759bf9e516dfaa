package dev.signalbox.gateway;

import dev.signalbox.gateway.access.AccessSettings;
import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.diagnostic.GatewayChecks;
import dev.signalbox.gateway.handler.RequestBodyHandler;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.listener.TlsSettings;
import dev.signalbox.gateway.server.ProxyRoutes;
import dev.signalbox.gateway.server.PublishedPorts;
import dev.signalbox.gateway.server.PublishedRange;
import dev.signalbox.gateway.system.WhoamiRoutes;
import dev.signalbox.gateway.task.TaskRoutes;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.limit.MemoryBudget;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Section {@code gateway}. Ports are 1 to 65535, {@code any} for a free one or {@code off}. A
 * gateway that listens beyond loopback needs tokens or {@code auth: off}.
 */
public record GatewayConfig(
    @Setting(
            value = "127.0.0.1",
            doc =
                "Address to listen on; other than loopback it needs gateway.tokens or gateway.auth:"
                    + " off")
        String bind,
    @Setting(value = "8080", doc = "Port of the main door: 1 to 65535 or any") String port,
    @Setting(value = "5000", doc = "Port of the tasks door: 1 to 65535, any or off")
        String tasksPort,
    @Setting(value = "8000", doc = "Port of the codes door: 1 to 65535, any or off")
        String codesPort,
    @Setting(value = "8001", doc = "Port of the messages door: 1 to 65535, any or off")
        String messagesPort,
    @Setting(
            value = "off",
            doc =
                "Port of the tls door, HTTP/1.1 and HTTP/2 over TLS: 1 to 65535, any or off; needs"
                    + " the two files below")
        String tlsPort,
    @Setting(value = "", doc = "PEM file of the tls door's certificate and its chain")
        String tlsCertificate,
    @Setting(value = "", doc = "PEM file of the tls door's private key, not encrypted")
        String tlsKey,
    @Setting(
            value = "",
            doc =
                "PEM file of the authorities that sign certificates of clients, 1 to 100; read again"
                    + " when it changes")
        String tlsClientCa,
    @Setting(
            value = "off",
            doc =
                "Whether the tls door asks clients for a certificate: off, optional or required;"
                    + " which of them may do what is in tokens-file")
        TlsSettings.ClientCertificates tlsClientCertificates,
    @Setting(
            value = "auto",
            doc = "auto: callers need a token, without tokens only loopback; off: no tokens")
        Auth auth,
    @Setting(
            value = "",
            doc =
                "Bearer tokens, each ROLE:TOKEN with a role of reader, worker, operator, admin and"
                    + " 16 or more characters",
            secret = true)
        List<String> tokens,
    @Setting(
            value = "",
            doc =
                "File of more tokens, one a line: ROLE:TOKEN, or what signalbox token make writes;"
                    + " read again when it changes")
        String tokensFile,
    @Setting(
            value = "",
            doc =
                "Origins of other sites whose pages may use the API (CORS), such as"
                    + " https://example.com")
        List<String> corsOrigins,
    @Setting(
            value = "",
            doc =
                "Allowed host names besides localhost, 127.0.0.1 and [::1] with the door's port:"
                    + " NAME for any port, NAME:PORT, or * for all")
        List<String> hosts,
    @Setting(
            value = "",
            doc =
                "Addresses and blocks of the proxies whose forwarded-field names the client, such as"
                    + " 10.0.0.0/8; from anybody else the field means nothing")
        List<String> trustedProxies,
    @Setting(
            value = "x-forwarded-for",
            doc =
                "The field in which trusted-proxies name the client; they must set it and not pass"
                    + " on what a client wrote: x-forwarded-for, with X-Forwarded-Proto and -Host,"
                    + " or forwarded (RFC 7239)")
        TrustedProxies.Field forwardedField,
    @Setting(
            value = "",
            doc =
                "Doors, of main, tasks, codes, messages and tls, to whose connections trusted-proxies"
                    + " write the PROXY protocol first, version 1 or 2; any other connection to"
                    + " them is closed")
        List<String> proxyProtocol,
    @Setting(value = "30s", doc = "Longest idle time of a connection; 50ms to 1h")
        Duration keepAliveTimeout,
    @Setting(value = "100", doc = "Requests on one connection; 1 to 1000000000")
        int keepAliveRequests,
    @Setting(
            value = "30s",
            doc = "Allowance for waiting for a request's body, on top of body-min-rate; 50ms to 1h")
        Duration bodyTimeout,
    @Setting(value = "4096", doc = "Minimum rate of a body, bytes per second; 1 to 1000000000")
        int bodyMinRate,
    @Setting(value = "2m", doc = "Longest pause in a client's stream of tasks; 50ms to 24h")
        Duration streamPause,
    @Setting(
            value = "60s",
            doc = "The connection of a client that reads nothing for so long is closed; 1s to 1h")
        Duration stallTimeout,
    @Setting(value = "1048576", doc = "Largest body read whole, bytes; 1024 to 1073741824")
        int maxBodyBytes,
    @Setting(
            value = "16777216",
            doc = "Largest body and largest response of a batch, bytes; 1024 to 1073741824")
        int maxBatchBytes,
    @Setting(value = "32768", doc = "Largest header section, bytes; 1024 to 1048576")
        int maxHeaderBytes,
    @Setting(value = "8192", doc = "Longest request line, bytes; 256 to 65536") int maxUriBytes,
    @Setting(value = "1024", doc = "Requests in flight at once; 1 to 1000000") int maxInFlight,
    @Setting(
            value = "1024",
            doc = "Requests queued beyond max-in-flight, the next gets 503; 0 to 1000000")
        int maxWaiting,
    @Setting(value = "5s", doc = "Longest time in that queue, then 503; 10ms to 5m")
        Duration maxWait,
    @Setting(value = "10000", doc = "Client connections; 1 to 1000000") int maxConnections,
    @Setting(value = "5000", doc = "Connections of one client address; 1 to 1000000")
        int maxConnectionsPerClient,
    @Setting(
            value = "1024",
            doc = "Open requests of one client address, the next gets 429; 1 to 1000000")
        int maxRequestsPerClient,
    @Setting(
            value = "5000",
            doc =
                "Readers of events at once, the next gets 503; they count neither against"
                    + " max-in-flight nor max-requests-per-client, which bounds the readers of one"
                    + " address apart; 1 to 1000000")
        int maxEventReaders,
    @Setting(value = "15s", doc = "Time between two heartbeats of a stream of events; 50ms to 1h")
        Duration eventHeartbeat,
    @Setting(value = "10000", doc = "Latest events kept, from which a reader resumes; 1 to 1000000")
        int eventHistory,
    @Setting(value = "1048576", doc = "Bytes of the events kept; 1024 to 1073741824")
        int eventHistoryBytes,
    @Setting(
            value = "262144",
            doc =
                "A reader of events with more bytes unread is disconnected and may resume; 1024 to"
                    + " 1073741824")
        int eventReaderBytes,
    @Setting(
            value = "33554432",
            doc =
                "Bytes for what all readers of events have not read; when they are used up, the"
                    + " slowest readers are disconnected and may resume; 33554432 to"
                    + " 1073741824")
        int eventMemoryBytes,
    @Setting(value = "10000", doc = "Tasks in one batch; 1 to 1000000") int maxBatchTasks,
    @Setting(
            value = "256",
            doc =
                "Tasks of one batch or stream in flight, unless the request sets concurrency; 1 to"
                    + " max-batch-concurrency")
        int batchConcurrency,
    @Setting(value = "2000", doc = "Largest concurrency that a request may set; 1 to 10000")
        int maxBatchConcurrency,
    @Setting(value = "5m", doc = "Longest timeout that a request may set; 1s to 1h")
        Duration maxTaskTimeout,
    @Setting(
            value = "6s",
            doc = "An instance that sends no announcement for so long is removed; 1s to 1h")
        Duration silence,
    @Setting(
            value = "",
            doc =
                "Services without which the gateway is not ready: while none of their instances"
                    + " takes work, /health/ready is 503; empty: none")
        List<String> requiredServices,
    @Setting(
            value = "3s",
            doc = "How long a stopping gateway waits for requests in flight; 0s to 1m")
        Duration drainTimeout,
    @Setting(
            value = "500ms",
            doc =
                "A stopping gateway of a cluster, which is no longer ready, takes new connections"
                    + " until none has come for so long, at most half of drain-timeout; 0s to 1m")
        Duration quietPeriod,
    @Setting(
            value = "auto",
            doc =
                "auto: a client that sends a Python dict without User-Agent and Content-Type gets the"
                    + " bare dict, as from document 2's program; http: always HTTP")
        PythonWire pythonWire,
    @Setting(
            value = "",
            doc =
                "Directory of the worker's archives that volunteers download; empty: worker beside"
                    + " the jars that run")
        String workerArchives,
    @Setting(value = "true", doc = "Whether each request is logged (see platform.log-format)")
        boolean requestLog,
    @Setting(
            value = "",
            doc = "File with a line of JSON for each call that changes something; empty: none")
        String auditLog,
    @Setting(
            value = "67108864",
            doc = "Bytes after which audit-log is renamed to NAME.1; 1048576 to 1099511627776")
        long auditLogBytes,
    @Setting(value = "10", doc = "Renamed files of audit-log that are kept; 1 to 1000")
        int auditLogKept,
    @Setting(
            value = "false",
            doc =
                "Whether the gateway listens on the ports of servers on demand and forwards to their"
                    + " owners; for owners on other machines or in containers")
        boolean publishServers,
    @Setting(
            value = "50000-50049",
            doc =
                "Ports that publish-servers publishes, within 1024 to 65535 and at most 1000; a server"
                    + " with another port is reached at its owner and below /servers alone")
        String publishedPorts,
    @Setting(
            value = "1000",
            doc = "Connections to published ports at once, one more is reset; 1 to 1000000")
        int maxPublishedConnections,
    @Setting(
            value = "11m",
            doc =
                "Longest silence between a client and a server on demand, below /servers and at"
                    + " published ports; by default longer than a server's longest delay; 1s to 1h")
        Duration serverTimeout) {

  private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s?#]+");

  /** Whether callers need a token. */
  public enum Auth {
    /** They do when tokens are configured; without tokens only loopback is allowed. */
    AUTO,
    /** They do not. */
    OFF
  }

  /** The response to document 2's own client. */
  public enum PythonWire {
    /** The bare dict, for a client without User-Agent and Content-Type. */
    AUTO,
    /** Always HTTP. */
    HTTP
  }

  /** The only door that must open. */
  static final String MAIN_DOOR = "main";

  private static final List<String> DOORS = List.of(MAIN_DOOR, "tasks", "codes", "messages", "tls");

  public GatewayConfig {
    corsOrigins = List.copyOf(corsOrigins);
    tokens = List.copyOf(tokens);
    hosts = List.copyOf(hosts);
    trustedProxies = List.copyOf(trustedProxies);
    proxyProtocol = List.copyOf(proxyProtocol);
    requiredServices = List.copyOf(requiredServices);
    var problems = ConfigProblems.of("gateway");
    port(problems, "port", port);
    port(problems, "tasks-port", tasksPort);
    port(problems, "codes-port", codesPort);
    port(problems, "messages-port", messagesPort);
    port(problems, "tls-port", tlsPort);
    new TlsSettings(tlsPort, tlsCertificate, tlsKey, tlsClientCa, tlsClientCertificates)
        .check(problems);
    problems
        .check(!port.equals("off") && !port.equals("0"), "port", "the main door cannot be off")
        .check(!bind.isBlank(), "bind", "must be an address")
        .check(validPath(workerArchives), "worker-archives", "must be a directory")
        .check(validPath(auditLog), "audit-log", "must be a file")
        .range("audit-log-bytes", auditLogBytes, 1 << 20, 1L << 40)
        .range("audit-log-kept", auditLogKept, 1, 1_000)
        .check(
            auth == Auth.OFF || !tokens.isEmpty() || !tokensFile.isEmpty() || loopback(bind),
            "bind",
            "is reachable from other machines: set gateway.tokens or gateway.auth: off")
        .range("keep-alive-timeout", keepAliveTimeout.toMillis(), 50, 3_600_000)
        .range("keep-alive-requests", keepAliveRequests, 1, 1_000_000_000)
        .range("body-timeout", bodyTimeout.toMillis(), 50, 3_600_000)
        .range("body-min-rate", bodyMinRate, 1, 1_000_000_000)
        .range("stream-pause", streamPause.toMillis(), 50, 86_400_000)
        .range("stall-timeout", stallTimeout.toMillis(), 1_000, 3_600_000)
        .range("max-body-bytes", maxBodyBytes, 1_024, 1 << 30)
        .range("max-batch-bytes", maxBatchBytes, 1_024, 1 << 30)
        .range("max-header-bytes", maxHeaderBytes, 1_024, 1 << 20)
        .range("max-uri-bytes", maxUriBytes, 256, 1 << 16)
        .range("max-in-flight", maxInFlight, 1, 1_000_000)
        .range("max-waiting", maxWaiting, 0, 1_000_000)
        .range("max-wait", maxWait.toMillis(), 10, 300_000)
        .range("max-connections", maxConnections, 1, 1_000_000)
        .range("max-connections-per-client", maxConnectionsPerClient, 1, 1_000_000)
        .range("max-requests-per-client", maxRequestsPerClient, 1, 1_000_000)
        .check(
            corsOrigins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches()),
            "cors-origins",
            "must be origins such as https://example.com, without a path")
        .range("max-event-readers", maxEventReaders, 1, 1_000_000)
        .range("event-heartbeat", eventHeartbeat.toMillis(), 50, 3_600_000)
        .range("event-history", eventHistory, 1, 1_000_000)
        .range("event-history-bytes", eventHistoryBytes, 1_024, 1 << 30)
        .range("event-reader-bytes", eventReaderBytes, 1_024, 1 << 30)
        .range("event-memory-bytes", eventMemoryBytes, 32 << 20, 1 << 30)
        .check(
            eventReaderBytes <= eventMemoryBytes / 2,
            "event-reader-bytes",
            "must be at most half of event-memory-bytes")
        .range("max-batch-tasks", maxBatchTasks, 1, 1_000_000)
        .range("max-batch-concurrency", maxBatchConcurrency, 1, 10_000)
        .range("batch-concurrency", batchConcurrency, 1, maxBatchConcurrency)
        .range("max-task-timeout", maxTaskTimeout.toMillis(), 1_000, 3_600_000)
        .range("silence", silence.toMillis(), 1_000, 3_600_000)
        .range("drain-timeout", drainTimeout.toMillis(), 0, 60_000)
        .range("quiet-period", quietPeriod.toMillis(), 0, 60_000)
        .range("max-published-connections", maxPublishedConnections, 1, 1_000_000)
        .range("server-timeout", serverTimeout.toMillis(), 1_000, 3_600_000);
    try {
      PublishedRange.parse(publishedPorts);
    } catch (IllegalArgumentException e) {
      problems.check(false, "published-ports", String.valueOf(e.getMessage()));
    }
    problems
        .check(
            DOORS.containsAll(proxyProtocol),
            "proxy-protocol",
            "must have names of doors: " + String.join(", ", DOORS))
        .check(
            proxyProtocol.isEmpty() || !trustedProxies.isEmpty(),
            "proxy-protocol",
            "needs gateway.trusted-proxies: nobody else may write it");
    try {
      TrustedProxies.of(trustedProxies, forwardedField);
    } catch (IllegalArgumentException e) {
      problems.check(false, "trusted-proxies", String.valueOf(e.getMessage()));
    }
    new AccessSettings(auth == Auth.OFF, tokens, tokensFile).check(problems);
    problems.throwIfAny();
  }

  private static void port(ConfigProblems problems, String key, String value) {
    try {
      Door.Port.parse(value);
    } catch (IllegalArgumentException e) {
      problems.check(false, key, String.valueOf(e.getMessage()));
    }
  }

  private static boolean validPath(String text) {
    try {
      Path ignored = Path.of(text);
      return true;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean loopback(String bind) {
    String address = bind.toLowerCase(Locale.ROOT);
    return address.equals("localhost")
        || address.equals("::1")
        || address.equals("[::1]")
        || address.matches("127(\\.[0-9]{1,3}){3}");
  }

  /** The directory of the worker's archives; it need not exist. */
  Path workerArchiveDirectory() {
    if (!workerArchives.isEmpty()) {
      return Path.of(workerArchives).toAbsolutePath();
    }
    // The distribution has the jars beside it, or in lib/ beside it.
    Path jars = jarDirectory();
    Path beside = jars.resolve("worker");
    return Files.isDirectory(beside) ? beside : jars.resolveSibling("worker");
  }

  private static Path jarDirectory() {
    try {
      Path jar =
          Path.of(GatewayConfig.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path parent = jar.getParent();
      return parent == null ? jar : parent;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  ConnectionRegistry.Settings connections() {
    return new ConnectionRegistry.Settings(
        bind,
        keepAliveTimeout,
        keepAliveRequests,
        stallTimeout,
        maxHeaderBytes,
        maxUriBytes,
        maxConnections);
  }

  RequestBodyHandler.Settings bodies() {
    return new RequestBodyHandler.Settings(maxBodyBytes, bodyTimeout, bodyMinRate, streamPause);
  }

  /** The ports of servers on demand that this gateway publishes. */
  PublishedRange publishedRange() {
    return publishServers ? PublishedRange.parse(publishedPorts) : PublishedRange.NONE;
  }

  PublishedPorts.Settings published() {
    return new PublishedPorts.Settings(
        bind, publishedRange(), maxPublishedConnections, serverTimeout);
  }

  ProxyRoutes.Settings proxy() {
    return new ProxyRoutes.Settings(maxHeaderBytes, maxInFlight, serverTimeout);
  }

  WhoamiRoutes.Limits limits() {
    return new WhoamiRoutes.Limits(
        maxBodyBytes,
        maxHeaderBytes,
        maxBatchTasks,
        maxBatchConcurrency,
        maxTaskTimeout.toMillis(),
        maxInFlight,
        maxRequestsPerClient,
        maxConnectionsPerClient);
  }

  TaskRoutes.Limits taskLimits(MemoryBudget memory) {
    return new TaskRoutes.Limits(
        maxBatchTasks,
        maxBatchBytes,
        batchConcurrency,
        maxBatchConcurrency,
        memory,
        maxTaskTimeout);
  }

  /** The doors, the main one first. */
  List<Door> doors() {
    return List.of(
        door(MAIN_DOOR, "gateway.port", port),
        door("tasks", "gateway.tasks-port", tasksPort),
        door("codes", "gateway.codes-port", codesPort),
        door("messages", "gateway.messages-port", messagesPort),
        tls().door(proxyProtocol.contains("tls")));
  }

  private TlsSettings tls() {
    return new TlsSettings(tlsPort, tlsCertificate, tlsKey, tlsClientCa, tlsClientCertificates);
  }

  private Door door(String name, String key, String port) {
    return new Door(name, key, Door.Port.parse(port), null, proxyProtocol.contains(name));
  }

  /** The proxies that may name their clients. */
  TrustedProxies proxies() {
    return TrustedProxies.of(trustedProxies, forwardedField);
  }

  /** What the checks of the diagnostics know of it. */
  GatewayChecks.Settings checks() {
    return new GatewayChecks.Settings(maxConnections, requiredServices, tls().certificates());
  }

  /** Where tokens come from. */
  AccessSettings access() {
    return new AccessSettings(auth == Auth.OFF, tokens, tokensFile);
  }
}
