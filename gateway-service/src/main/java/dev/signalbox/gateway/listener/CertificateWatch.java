package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.listener.Door.TlsFiles;
import dev.signalbox.platform.node.FileWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads a renewed certificate without a restart, which short-lived certificates need, and the
 * authorities of clients. When the certificate and the key do not match, for instance while they
 * are being written, or the authorities cannot be read, the door keeps what it has. Connections
 * that are open stay; sessions of before cannot be resumed.
 */
final class CertificateWatch {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private final Vertx vertx;
  private final DoorCertificate certificate;
  private final TlsFiles files;
  private final HttpServer server;

  private CertificateWatch(Vertx vertx, DoorCertificate certificate, HttpServer server) {
    this.vertx = vertx;
    this.certificate = certificate;
    this.files = certificate.files();
    this.server = server;
  }

  /** Watches until the calling verticle stops. */
  static void start(Vertx vertx, DoorCertificate certificate, HttpServer server, long periodMs) {
    var watch = new CertificateWatch(vertx, certificate, server);
    FileWatch.start(
        vertx,
        certificate.written(),
        watch.files::modified,
        _ -> watch.reload(),
        watch::keepOld,
        periodMs);
  }

  private static ServerSSLOptions options(TlsFiles files) {
    ServerSSLOptions options =
        new ServerSSLOptions()
            .setKeyCertOptions(files.options())
            .setUseAlpn(true)
            .setApplicationLayerProtocols(
                List.of(HttpVersion.HTTP_2.alpnName(), HttpVersion.HTTP_1_1.alpnName()));
    ClientTrust clients = files.clients();
    // They replace the door's options: without these it would stop asking for certificates.
    return clients == null
        ? options
        : options.setClientAuth(clients.mode()).setTrustOptions(clients);
  }

  private Future<?> reload() {
    return certificate.matching(vertx).compose(_ -> update());
  }

  private Future<Boolean> update() {
    return server
        // The paths stay the same, so only `force` makes Vert.x read the files again.
        .updateSSLOptions(options(files), true)
        .onSuccess(_ -> {
          certificate.inUse();
          LOG.info("certificate {} reloaded", files.certificate());
        });
  }

  private void keepOld(Throwable cause) {
    certificate.notInUse(cause);
    LOG.warn(
        "cannot load certificate {}; keeping the old one: {}",
        files.certificate(),
        cause.toString());
  }
}
