package dev.signalbox.dnsclient;

import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.dnsclient.cache.SharedAnswers;
import dev.signalbox.dnsclient.transport.ResolverRates;
import dev.signalbox.platform.service.ServiceContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one service in a process have in common, one client on each of its event
 * loops: the cache, the questions under way, and the rates at which resolvers are asked. Other
 * bounds each client has its share of. Any thread may use it.
 */
public final class SharedDns implements Shareable {

  private final ResolverConfig config;
  private final int clients;
  private final @Nullable SharedAnswers answers;
  private final ResolverRates rates;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * For some clients to come, of a process that is alone.
   *
   * @param clients how many, at least 1
   * @param metrics where the cache is measured
   * @param name tells its metrics apart from those of other services of the process
   */
  public SharedDns(ResolverConfig config, int clients, MeterRegistry metrics, String name) {
    this(config, clients, metrics, name, new ResolverRates(config.rateLimits(), System::nanoTime));
  }

  private SharedDns(
      ResolverConfig config, int clients, MeterRegistry metrics, String name, ResolverRates rates) {
    this.config = config;
    this.clients = clients;
    this.answers =
        config.cacheBytes() == 0
            ? null
            : new SharedAnswers(config.cacheLimits(), System::nanoTime, metrics, name);
    this.rates = rates;
  }

  /**
   * For the clients of a service. The rates are those of the whole system: the services of a
   * process that ask resolvers have them together, and each such process has its share.
   *
   * @param clients how many, at least 1
   */
  public static SharedDns of(ServiceContext service, ResolverConfig config, int clients) {
    LocalMap<ResolverRates.Limits, ResolverRates> rates =
        service.vertx().sharedData().getLocalMap("resolver-rates");
    return new SharedDns(
        config,
        clients,
        service.metrics(),
        service.name(),
        rates.computeIfAbsent(
            config.rateLimits(),
            limits ->
                new ResolverRates(
                    limits,
                    System::nanoTime,
                    service.bus().sharers(DnsContract.QUERY, HttpProbeContract.PROBE))));
  }

  ResolverConfig config() {
    return config;
  }

  int clients() {
    return clients;
  }

  @Nullable SharedAnswers answers() {
    return answers;
  }

  ResolverRates rates() {
    return rates;
  }

  void opened() {
    open.incrementAndGet();
  }

  /** The last to leave forgets what was kept. */
  void closed() {
    if (open.decrementAndGet() == 0 && answers != null) {
      answers.close();
    }
  }
}
