package dev.signalbox.gateway;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.handler.AccessLogForm;
import dev.signalbox.gateway.handler.RequestBodyHandler;
import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.listener.DoorPort;
import dev.signalbox.gateway.listener.ListenerSettings;
import dev.signalbox.gateway.listener.TlsFiles;
import dev.signalbox.gateway.task.TaskLimits;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Section {@code gateway}. Ports are 1 to 65535, {@code any} for a free one or {@code off}; a
 * service that listens beyond this machine must have tokens or say that it wants none.
 */
public record GatewayConfig(
    @Setting(
            value = "127.0.0.1",
            doc =
                "Address to listen on; beyond this machine gateway.tokens or gateway.auth: off is"
                    + " needed")
        String bind,
    @Setting(value = "8080", doc = "Port of the main door: 1 to 65535 or any; must open")
        String port,
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
            value = "auto",
            doc = "auto: tokens when there are any, else loopback only; off: nobody needs a token")
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
            doc = "File with more tokens, one a line in the same form; blank lines and # comments")
        String tokensFile,
    @Setting(
            value = "",
            doc =
                "Origins of pages that may use the API besides the gateway's own, such as"
                    + " https://example.com; none: no CORS")
        List<String> corsOrigins,
    @Setting(
            value = "",
            doc =
                "Host names answered to besides localhost, 127.0.0.1 and [::1] with the door's"
                    + " port: NAME for any port, NAME:PORT, or * for all")
        List<String> hosts,
    @Setting(value = "30s", doc = "A connection without a request is closed after this; 50ms to 1h")
        Duration keepAliveTimeout,
    @Setting(value = "100", doc = "A connection is closed after so many requests; 1 to 1000000000")
        int keepAliveRequests,
    @Setting(
            value = "30s",
            doc = "How long a request's body may keep us waiting beyond its bytes; 50ms to 1h")
        Duration bodyTimeout,
    @Setting(
            value = "4096",
            doc = "Slowest pace of a body beyond the timeout, bytes per second; 1 to 1000000000")
        int bodyMinRate,
    @Setting(value = "2m", doc = "How long the sender of a stream of tasks may pause; 50ms to 24h")
        Duration streamPause,
    @Setting(
            value = "60s",
            doc = "A client that takes nothing of its answer for so long is cut off; 1s to 1h")
        Duration stallTimeout,
    @Setting(value = "1048576", doc = "Largest body read whole, bytes; 1024 to 1073741824")
        int maxBodyBytes,
    @Setting(
            value = "16777216",
            doc = "Largest body of a batch and largest answer to one, bytes; 1024 to 1073741824")
        int maxBatchBytes,
    @Setting(value = "32768", doc = "Largest header section, bytes; 1024 to 1048576")
        int maxHeaderBytes,
    @Setting(value = "8192", doc = "Longest request line, bytes; 256 to 65536") int maxUriBytes,
    @Setting(value = "1024", doc = "Requests in flight at once; 1 to 1000000") int maxInFlight,
    @Setting(
            value = "1024",
            doc =
                "Requests that may wait for one in flight to end, the next gets 503; 0 to 1000000")
        int maxWaiting,
    @Setting(value = "5s", doc = "How long a request may wait before it gets 503; 10ms to 5m")
        Duration maxWait,
    @Setting(value = "10000", doc = "Client connections at once; 1 to 1000000") int maxConnections,
    @Setting(value = "5000", doc = "Connections at once of one client address; 1 to 1000000")
        int maxConnectionsPerClient,
    @Setting(
            value = "1024",
            doc = "Requests of one client address open at once, the next gets 429; 1 to 1000000")
        int maxRequestsPerClient,
    @Setting(value = "10000", doc = "Tasks in one batch; 1 to 1000000") int maxBatchTasks,
    @Setting(
            value = "256",
            doc =
                "Tasks of one batch or stream under way at once unless it asks for more or fewer; 1"
                    + " to max-batch-concurrency")
        int batchConcurrency,
    @Setting(
            value = "2000",
            doc = "The most tasks of one batch or stream under way at once; 1 to 10000")
        int maxBatchConcurrency,
    @Setting(value = "5m", doc = "Longest time a client may give a task; 1s to 1h")
        Duration maxTaskTimeout,
    @Setting(value = "6s", doc = "An instance that announced nothing for so long is gone; 1s to 1h")
        Duration silence,
    @Setting(value = "3s", doc = "How long a stopping gateway waits for answers; 0s to 1m")
        Duration drainTimeout,
    @Setting(
            value = "auto",
            doc =
                "auto: a Python dict from a client that names neither User-Agent nor Content-Type is"
                    + " answered as document 2's program does, the bare dict; http: never")
        PythonWire pythonWire,
    @Setting(
            value = "text",
            doc =
                "A line for each request in the form of the log (platform.log-format): text or json, which"
                    + " are the same, or off")
        AccessLogForm requestLog) {

  private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s?#]+");

  /** Whether callers need a token. */
  public enum Auth {
    /** As the tokens and the address say. */
    AUTO,
    /** Nobody does. */
    OFF
  }

  /** How document 2's own client is answered. */
  public enum PythonWire {
    /** As its program does, if it says nothing of itself. */
    AUTO,
    /** With HTTP, like everybody. */
    HTTP
  }

  /** The door that must open. */
  static final String MAIN_DOOR = "main";

  public GatewayConfig {
    corsOrigins = List.copyOf(corsOrigins);
    tokens = List.copyOf(tokens);
    hosts = List.copyOf(hosts);
    var problems = ConfigProblems.of("gateway");
    port(problems, "port", port);
    port(problems, "tasks-port", tasksPort);
    port(problems, "codes-port", codesPort);
    port(problems, "messages-port", messagesPort);
    port(problems, "tls-port", tlsPort);
    boolean tls = !tlsPort.equals("off") && !tlsPort.equals("0");
    problems
        .check(!tls || readable(tlsCertificate), "tls-certificate", "must be a readable PEM file")
        .check(!tls || readable(tlsKey), "tls-key", "must be a readable PEM file")
        .check(!port.equals("off") && !port.equals("0"), "port", "the main door cannot be off")
        .check(!bind.isBlank(), "bind", "must be an address")
        .check(
            auth == Auth.OFF || !tokens.isEmpty() || !tokensFile.isEmpty() || loopback(bind),
            "bind",
            "listening on "
                + bind
                + " lets other machines in: set gateway.tokens, or say gateway.auth: off")
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
        .range("max-batch-tasks", maxBatchTasks, 1, 1_000_000)
        .range("max-batch-concurrency", maxBatchConcurrency, 1, 10_000)
        .range("batch-concurrency", batchConcurrency, 1, maxBatchConcurrency)
        .range("max-task-timeout", maxTaskTimeout.toMillis(), 1_000, 3_600_000)
        .range("silence", silence.toMillis(), 1_000, 3_600_000)
        .range("drain-timeout", drainTimeout.toMillis(), 0, 60_000);
    checkTokens(problems, tokens, tokensFile);
    problems.throwIfAny();
  }

  private static void port(ConfigProblems problems, String key, String value) {
    try {
      DoorPort.parse(value);
    } catch (IllegalArgumentException e) {
      problems.check(false, key, String.valueOf(e.getMessage()));
    }
  }

  private static boolean readable(String file) {
    try {
      return !file.isEmpty() && Files.isReadable(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The certificate of the tls door. */
  TlsFiles tlsFiles() {
    return new TlsFiles(Path.of(tlsCertificate), Path.of(tlsKey));
  }

  private static boolean loopback(String bind) {
    String address = bind.toLowerCase(Locale.ROOT);
    return address.equals("localhost")
        || address.equals("::1")
        || address.equals("[::1]")
        || address.matches("127(\\.[0-9]{1,3}){3}");
  }

  /** The rules of connections. */
  ListenerSettings listener() {
    return new ListenerSettings(
        bind,
        keepAliveTimeout,
        keepAliveRequests,
        stallTimeout,
        maxHeaderBytes,
        maxUriBytes,
        maxConnections);
  }

  /** How bodies are read. */
  RequestBodyHandler.Settings bodies() {
    return new RequestBodyHandler.Settings(maxBodyBytes, bodyTimeout, bodyMinRate, streamPause);
  }

  /** Bounds of what one request for tasks may ask for. */
  TaskLimits taskLimits(MemoryBudget memory) {
    return new TaskLimits(
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
        new Door("tls", "gateway.tls-port", DoorPort.parse(tlsPort), tlsFiles()));
  }

  private static Door door(String name, String key, String port) {
    return new Door(name, key, DoorPort.parse(port), null);
  }

  /** Who may call what. */
  Access access() {
    List<String> all = allTokens(tokens, tokensFile);
    return auth == Auth.OFF || all.isEmpty() ? Access.open() : Access.of(all);
  }

  private static void checkTokens(ConfigProblems problems, List<String> tokens, String tokensFile) {
    try {
      Access.of(tokens);
    } catch (IllegalArgumentException e) {
      problems.check(false, "tokens", String.valueOf(e.getMessage()));
    }
    try {
      Access.of(tokensOf(tokensFile));
    } catch (IllegalArgumentException e) {
      problems.check(false, "tokens-file", tokensFile + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      problems.check(false, "tokens-file", tokensFile + " must be a readable file of UTF-8 text");
    }
  }

  private static List<String> allTokens(List<String> tokens, String file) {
    List<String> all = new ArrayList<>(tokens);
    all.addAll(tokensOf(file));
    return all;
  }

  private static List<String> tokensOf(String file) {
    if (file.isEmpty()) {
      return List.of();
    }
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidPathException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
