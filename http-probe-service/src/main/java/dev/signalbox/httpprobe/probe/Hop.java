package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.httpprobe.phase.Timings;
import dev.signalbox.httpprobe.tls.TlsFacts;
import dev.signalbox.httpprobe.url.WebUrl;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer.
 *
 * @param url asked for
 * @param answer what came back
 * @param address whom it came from
 * @param tls null in the clear
 * @param timings phases
 * @param reused whether its connection had carried an earlier exchange
 */
public record Hop(
    WebUrl url,
    HopAnswer answer,
    InetAddress address,
    @Nullable TlsFacts tls,
    Timings timings,
    boolean reused) {}
