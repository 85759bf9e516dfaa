package dev.signalbox.httpprobe.connect;

import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.guard.IpLiteral;
import io.netty.channel.EventLoop;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.spi.transport.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the machine's resolvers, hosts file first, without blocking. Nothing is cached: the dns
 * phase of a probe is to be a real one.
 */
public final class SystemResolver implements Resolver {

  private static final List<InetAddress> LOOPBACK =
      List.of(IpLiteral.parse("127.0.0.1").orElseThrow(), IpLiteral.parse("::1").orElseThrow());

  private final Function<Callable<DnsNameResolver>, Future<DnsNameResolver>> background;
  private final Callable<DnsNameResolver> open;
  private @Nullable Future<DnsNameResolver> netty;
  private boolean closed;

  /**
   * A resolver for use from one event loop.
   *
   * @param timeout for one question to one resolver
   * @param background runs what reads files, off the event loop
   */
  public SystemResolver(
      EventLoop loop,
      Transport transport,
      Duration timeout,
      Function<Callable<DnsNameResolver>, Future<DnsNameResolver>> background) {
    this.background = background;
    this.open =
        () ->
            new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(transport::datagramChannel)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                // The guard must see every address, not only the first family to be answered.
                .completeOncePreferredResolved(false)
                .queryTimeoutMillis(timeout.toMillis())
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
  }

  @Override
  public Future<List<InetAddress>> resolve(String name) {
    // RFC 6761, 6.3: these never go to a resolver, which might answer anything.
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return Future.succeededFuture(LOOPBACK);
    }
    return netty().compose(resolver -> ask(resolver, name));
  }

  public void close() {
    closed = true;
    if (netty != null) {
      netty.onSuccess(DnsNameResolver::close);
    }
  }

  // Made at the first name: reading resolv.conf and the hosts file takes time that a start lacks.
  private Future<DnsNameResolver> netty() {
    if (closed) {
      return Future.failedFuture(ProbeException.internal("http-probe-service is stopping"));
    }
    if (netty == null) {
      netty = background.apply(open);
    }
    return netty;
  }

  private static Future<List<InetAddress>> ask(DnsNameResolver resolver, String name) {
    Promise<List<InetAddress>> promise = Promise.promise();
    resolver
        .resolveAll(name)
        .addListener((io.netty.util.concurrent.Future<List<InetAddress>> answer) -> {
          if (answer.isSuccess()) {
            promise.complete(List.copyOf(answer.getNow()));
          } else {
            promise.fail(failure(name, answer.cause()));
          }
        });
    return promise.future();
  }

  private static ProbeException failure(String name, @Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof DnsNameResolverTimeoutException) {
        return ProbeException.dns("no resolver answered for " + name + " in time", true);
      }
      if (t instanceof DnsErrorCauseException error) {
        return ProbeException.dns(
            name + " does not resolve: " + error.getCode(), error.getCode().intValue() == 2);
      }
    }
    return ProbeException.dns(name + " does not resolve", false);
  }
}
