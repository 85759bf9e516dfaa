package dev.signalbox.dnsclient;

import dev.signalbox.dnsclient.message.RandomBits;
import dev.signalbox.dnsclient.resolver.Transports;
import dev.signalbox.dnsclient.transport.HttpsTransport;
import dev.signalbox.dnsclient.transport.RateGates;
import dev.signalbox.dnsclient.transport.StreamTransport;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.UdpTransport;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;

/** Opens the transports as they are configured. */
final class TransportSetup {

  private TransportSetup() {}

  static Transports open(ContextInternal context, ResolverConfig config, TimerWheel wheel) {
    RandomBits random = new RandomBits();
    ClientSSLOptions tls = new ClientSSLOptions();
    if (!config.tlsTrustFile().isEmpty()) {
      tls.setTrustOptions(new PemTrustOptions().addCertPath(config.tlsTrustFile()));
    }
    RateGates rates = new RateGates(config.rateLimits(), wheel, System::nanoTime);
    return new Transports(
        new UdpTransport(context, config.udpLimits(), random, wheel, rates),
        new StreamTransport(context, config.streamLimits(), random, wheel, tls),
        new HttpsTransport(
            context,
            wheel,
            tls,
            config.httpsInFlight(),
            Math.toIntExact(config.connectionIdle().toSeconds())),
        rates);
  }
}
