package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.connect.Connector;
import dev.signalbox.httpprobe.connect.Resolver;
import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.httpprobe.reuse.KeptConnections;
import dev.signalbox.httpprobe.tls.TlsLayer;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.limit.MemoryBudget;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * What every probe on one event loop works with.
 *
 * @param loop where probes run
 * @param resolver from names to addresses
 * @param guard which addresses are let through
 * @param limits for each target
 * @param connector opens connections
 * @param tls made at first use, for reading the trust store takes time
 * @param kept connections that tasks may reuse
 * @param memory bounds all bodies together
 */
public record ProbeParts(
    EventLoop loop,
    Resolver resolver,
    TargetGuard guard,
    TargetLimits limits,
    Connector connector,
    Supplier<Future<TlsLayer>> tls,
    KeptConnections kept,
    MemoryBudget memory) {}
