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

  static Transports open(ContextInternal context, SharedDns shared, TimerWheel wheel) {
    ResolverConfig config = shared.config();
    int clients = shared.clients();
    RandomBits random = new RandomBits();
    ClientSSLOptions tls = new ClientSSLOptions();
    if (!config.tlsTrustFile().isEmpty()) {
      tls.setTrustOptions(new PemTrustOptions().addCertPath(config.tlsTrustFile()));
    }
    RateGates rates = new RateGates(shared.rates(), wheel, context::execute);
    return new Transports(
        new UdpTransport(context, config.udpLimits(clients), random, wheel, rates),
        new StreamTransport(context, config.streamLimits(clients), random, wheel, tls),
        new HttpsTransport(
            context,
            wheel,
            tls,
            ResolverConfig.share(config.httpsInFlight(), clients),
            Math.toIntExact(config.connectionIdle().toSeconds())),
        rates);
  }
}
