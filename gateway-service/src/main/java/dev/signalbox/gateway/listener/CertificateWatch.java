package dev.signalbox.gateway.listener;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a renewed certificate into use without a restart, as those that last weeks need it. A pair
 * that does not fit together, as while it is being written, leaves the old one in place.
 */
final class CertificateWatch {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private final Vertx vertx;
  private final TlsFiles files;
  private final HttpServer server;
  private List<FileTime> inUse = List.of();

  private CertificateWatch(Vertx vertx, TlsFiles files, HttpServer server) {
    this.vertx = vertx;
    this.files = files;
    this.server = server;
  }

  /** Watches until the verticle that calls stops. */
  static void start(Vertx vertx, TlsFiles files, HttpServer server, long periodMs) {
    var watch = new CertificateWatch(vertx, files, server);
    watch.written().onSuccess(times -> watch.inUse = times);
    vertx.setPeriodic(periodMs, _ -> watch.look());
  }

  /** The options of a server that speaks HTTP/1.1 and HTTP/2 over TLS. */
  static ServerSSLOptions options(TlsFiles files) {
    return new ServerSSLOptions()
        .setKeyCertOptions(files.options())
        .setUseAlpn(true)
        .setApplicationLayerProtocols(
            List.of(HttpVersion.HTTP_2.alpnName(), HttpVersion.HTTP_1_1.alpnName()));
  }

  private Future<List<FileTime>> written() {
    return vertx.executeBlocking(files::written, false).map(Objects::requireNonNull);
  }

  private void look() {
    written()
        .onSuccess(times -> {
          if (!inUse.isEmpty() && !times.equals(inUse)) {
            inUse = times;
            renew();
          }
        });
  }

  private void renew() {
    server
        // The paths stay the same: only force has them read again.
        .updateSSLOptions(options(files), true)
        .onSuccess(_ -> LOG.info("the certificate of {} is renewed", files.certificate()))
        .onFailure(cause ->
            LOG.warn(
                "{} cannot be used, the certificate stays the old one: {}",
                files.certificate(),
                cause.toString()));
  }
}
