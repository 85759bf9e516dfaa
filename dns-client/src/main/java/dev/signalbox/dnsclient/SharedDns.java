package dev.signalbox.dnsclient;

import dev.signalbox.dnsclient.cache.SharedAnswers;
import dev.signalbox.dnsclient.transport.ResolverRates;
import io.micrometer.core.instrument.MeterRegistry;
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
   * For some clients to come.
   *
   * @param clients how many, at least 1
   * @param metrics where the cache is measured
   * @param name tells its metrics apart from those of other services of the process
   */
  public SharedDns(ResolverConfig config, int clients, MeterRegistry metrics, String name) {
    this.config = config;
    this.clients = clients;
    this.answers =
        config.cacheBytes() == 0
            ? null
            : new SharedAnswers(config.cacheLimits(), System::nanoTime, metrics, name);
    this.rates = new ResolverRates(config.rateLimits(), System::nanoTime);
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
