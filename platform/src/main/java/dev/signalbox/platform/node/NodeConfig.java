package dev.signalbox.platform.node;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Section {@code platform}: how a process runs, whatever its services.
 *
 * @param cluster whether to join other processes; otherwise no cluster port is opened
 * @param clusterName processes of the same name find each other
 * @param clusterHost address this process binds and tells the others; {@code auto} for the
 *     machine's first site-local address
 * @param clusterPort first port of the cluster; when taken, one of the next 19
 * @param clusterMembers addresses of other members, or one name that resolves to all; empty for the
 *     own host
 * @param clusterKeys directory of the keys by which members know each other, as {@code signalbox
 *     cluster-keys} makes it; empty for none
 * @param data directory of durable state
 * @param threads event loops; 0 for as many as cores
 * @param managementPort port of {@code /health/live}, {@code /health/ready} and {@code /metrics}; 0
 *     for none
 * @param managementHost address the management port binds
 * @param logFormat {@code text}, {@code json}, or by whether output is a terminal
 * @param logLevel {@code error, warn, info, debug}
 * @param traceEndpoint base URL of a collector of OpenTelemetry traces, which takes OTLP over HTTP;
 *     empty to trace nothing
 * @param traceRatio share of the traces begun here that are kept, 0 to 1
 * @param drainTime how long a stopping service waits for its work in flight
 * @param stopTimeout after so long a stopping process ends whatever is left
 */
public record NodeConfig(
    @Setting(value = "false", doc = "join the cluster of the other processes") boolean cluster,
    @Setting(value = "signalbox", doc = "processes of the same name find each other")
        String clusterName,
    @Setting(value = "127.0.0.1", doc = "address to bind and advertise; auto: site-local")
        String clusterHost,
    @Setting(value = "5701", doc = "first cluster port, 1-65535; the next 19 are tried too")
        int clusterPort,
    @Setting(value = "", doc = "other members, or one name that resolves to all; empty: own host")
        List<String> clusterMembers,
    @Setting(value = "", doc = "directory made by signalbox cluster-keys; empty: no keys")
        String clusterKeys,
    @Setting(value = "data", doc = "directory of durable state") Path data,
    @Setting(value = "0", doc = "event loops, 0-256; 0: as many as cores") int threads,
    @Setting(value = "0", doc = "port of health and metrics, 0-65535; 0: none") int managementPort,
    @Setting(value = "127.0.0.1", doc = "address of the management port") String managementHost,
    @Setting(value = "auto", doc = "text, json or auto") LogFormat logFormat,
    @Setting(value = "info", doc = "error, warn, info or debug") LogLevel logLevel,
    @Setting(value = "", doc = "URL of a collector of traces, OTLP over HTTP; empty: none")
        String traceEndpoint,
    @Setting(value = "1", doc = "share of the traces started here that are kept, 0-1")
        double traceRatio,
    @Setting(value = "3s", doc = "how long a stopping service waits for requests in flight")
        Duration drainTime,
    @Setting(value = "8s", doc = "time after which a stopping process exits in any case")
        Duration stopTimeout) {

  /** How log lines look. */
  public enum LogFormat {
    /** Text on a terminal, JSON elsewhere. */
    AUTO,
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** Which log lines appear. */
  public enum LogLevel {
    /** Errors only. */
    ERROR,
    /** And warnings. */
    WARN,
    /** And events. */
    INFO,
    /** And details. */
    DEBUG
  }

  public NodeConfig {
    ConfigProblems.of("platform")
        .check(!clusterName.isBlank(), "cluster-name", "must not be empty")
        .check(!clusterHost.isBlank(), "cluster-host", "must be an address or auto")
        .range("cluster-port", clusterPort, 1, 65535)
        .range("threads", threads, 0, 256)
        .range("management-port", managementPort, 0, 65535)
        .check(
            traceEndpoint.isEmpty() || TraceEndpoint.of(traceEndpoint) != null,
            "trace-endpoint",
            "must be a URL such as http://localhost:4318, without user, query or fragment")
        .check(traceRatio >= 0 && traceRatio <= 1, "trace-ratio", "must be between 0 and 1")
        .check(!drainTime.isNegative(), "drain-time", "must not be negative")
        .positive("stop-timeout", stopTimeout)
        .check(
            stopTimeout.compareTo(drainTime) > 0, "stop-timeout", "must be longer than drain-time")
        .throwIfAny();
    clusterMembers = List.copyOf(clusterMembers);
  }
}
