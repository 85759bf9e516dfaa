package dev.signalbox.httpprobe;

import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.httpprobe.tls.TrustStore;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.time.Duration;

/**
 * Configuration of http-probe-service.
 *
 * @param timeout how long a probe may take unless its task says otherwise
 * @param maxTimeout how long a task may ask for
 * @param maxInFlight probes under way at once, each event loop an equal share; one more is refused
 * @param defaultBody bytes of a body read unless the task says otherwise
 * @param maxBody bytes of a body a task may ask for
 * @param maxMemory bytes that all bodies being read may hold together; 0 for an eighth of the heap
 * @param targetRatePerS connections begun to one target in a second; 0 for no limit
 * @param targetConnections connections to one target open at once; 0 for no limit
 * @param keptConnections connections kept for tasks that may reuse them, each event loop an equal
 *     share; 0 keeps none
 * @param keptPerTarget of them, those alike in address and every setting
 * @param keptIdle how long a connection is kept that nobody takes
 * @param nativeTls whether TLS is BoringSSL's where its library is there; else it is the JDK's
 * @param caFile certificates in PEM of authorities trusted beside those of this machine's Java;
 *     empty for none
 * @param clientCertificates directory of files {@code NAME.pem}, each with a private key and its
 *     certificate, which tasks name to identify themselves by; empty for none
 */
public record HttpProbeConfig(
    @Setting(
            value = "10s",
            doc = "Time a probe may take unless its task says otherwise; 1ms to max-timeout")
        Duration timeout,
    @Setting(value = "60s", doc = "Longest time a task may ask for; 1ms to 1h") Duration maxTimeout,
    @Setting(value = "10000", doc = "Probes under way at once; 1 to 1,000,000") int maxInFlight,
    @Setting(
            value = "1048576",
            doc =
                "Bytes of a body read, after decompression, unless the task says otherwise; 0 to max-body")
        int defaultBody,
    @Setting(value = "8388608", doc = "Bytes of a body a task may ask for; 0 to 67108864")
        int maxBody,
    @Setting(
            value = "0",
            doc =
                "Bytes all bodies being read may hold together; from max-body up, or 0 for an eighth"
                    + " of the heap")
        long maxMemory,
    @Setting(
            value = "0",
            doc =
                "Connections begun to one target in a second, by all replicas together; 0 (no"
                    + " limit) to 1,000,000")
        int targetRatePerS,
    @Setting(
            value = "0",
            doc =
                "Connections to one target open at once, by all replicas together; 0 (no limit) to"
                    + " 1,000,000")
        int targetConnections,
    @Setting(value = "256", doc = "Connections kept for tasks that may reuse them; 0 to 65536")
        int keptConnections,
    @Setting(value = "16", doc = "Kept connections alike in address and every setting; 1 to 65536")
        int keptPerTarget,
    @Setting(value = "10s", doc = "Time a connection is kept that nobody takes; 1ms to 1h")
        Duration keptIdle,
    @Setting(
            value = "true",
            doc = "Whether TLS is BoringSSL's where its library is there; else it is the JDK's")
        boolean nativeTls,
    @Setting(
            value = "",
            doc =
                "File of certificates in PEM, at most 1000 in 4 MiB, of authorities trusted beside"
                    + " those of this machine's Java; none when empty")
        String caFile,
    @Setting(
            value = "",
            doc =
                "Directory of at most 100 files NAME.pem, each a private key and its certificate chain, by"
                    + " which tasks that name them identify themselves; none when empty")
        String clientCertificates) {

  private static final int MOST_PER_TARGET = 1_000_000;
  private static final int MOST_KEPT = 65_536;
  private static final int MOST_BODY = 67_108_864;
  private static final Duration MOST_TIMEOUT = Duration.ofHours(1);

  public HttpProbeConfig {
    ConfigProblems.of("http-probe")
        .positive("timeout", timeout)
        .check(timeout.compareTo(maxTimeout) <= 0, "timeout", "must not be above max-timeout")
        .positive("max-timeout", maxTimeout)
        .check(maxTimeout.compareTo(MOST_TIMEOUT) <= 0, "max-timeout", "must be at most 1h")
        .range("max-in-flight", maxInFlight, 1, 1_000_000)
        .range("max-body", maxBody, 0, MOST_BODY)
        .range("default-body", defaultBody, 0, maxBody)
        .check(
            maxMemory == 0 || maxMemory >= maxBody, "max-memory", "must be 0 or not below max-body")
        .range("target-rate-per-s", targetRatePerS, 0, MOST_PER_TARGET)
        .range("target-connections", targetConnections, 0, MOST_PER_TARGET)
        .range("kept-connections", keptConnections, 0, MOST_KEPT)
        .range("kept-per-target", keptPerTarget, 1, MOST_KEPT)
        .positive("kept-idle", keptIdle)
        .check(
            caFile.isEmpty() || TrustStore.isReadable(caFile),
            "ca-file",
            "must be a readable file of certificates in PEM and nothing else")
        .check(
            clientCertificates.isEmpty()
                || ClientCertificates.problem(clientCertificates).isEmpty(),
            "client-certificates",
            clientCertificates.isEmpty()
                ? ""
                : ClientCertificates.problem(clientCertificates).orElse(""))
        .check(keptIdle.compareTo(MOST_TIMEOUT) <= 0, "kept-idle", "must be at most 1h")
        .throwIfAny();
  }

  /** What all bodies being read may hold together, bytes. */
  long bodyMemory() {
    return maxMemory == 0 ? Math.max(maxBody, Runtime.getRuntime().maxMemory() / 8) : maxMemory;
  }
}
