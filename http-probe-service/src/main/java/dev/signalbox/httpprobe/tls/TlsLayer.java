package dev.signalbox.httpprobe.tls;

import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.guard.IpLiteral;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Puts TLS on a connection. */
public final class TlsLayer {

  private static final String HTTP_IN_HEX = "485454502f";

  private final X509ExtendedTrustManager judge;

  public TlsLayer(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  /**
   * What came of it.
   *
   * @param facts for the result
   * @param protocol chosen by ALPN, empty when none was
   */
  public record Secured(TlsFacts facts, String protocol) {}

  /**
   * Shakes hands.
   *
   * @param name what the certificate must be valid for, and the name asked for unless it is an
   *     address
   * @param alpn protocols offered, best first
   * @param patience how long the target may say nothing at all; null for ever
   */
  public Future<Secured> secure(
      Channel channel,
      String name,
      int port,
      boolean verify,
      List<String> alpn,
      @Nullable Duration patience) {
    CertificateWitness witness = new CertificateWitness(judge, verify);
    SslHandler handler;
    try {
      handler = context(witness, alpn).newHandler(channel.alloc(), name, port);
    } catch (SSLException e) {
      return Future.failedFuture(ProbeException.tls("TLS is not available: " + e.getMessage()));
    }
    askFor(handler, name);
    // The probe's own deadline covers the handshake.
    handler.setHandshakeTimeoutMillis(0);
    Promise<Secured> promise = Promise.promise();
    if (patience != null) {
      channel.pipeline().addLast(new SilenceLimit(patience, promise));
    }
    channel.pipeline().addLast(handler);
    channel.config().setAutoRead(true);
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            String chosen = handler.applicationProtocol();
            promise.tryComplete(
                new Secured(
                    TlsFacts.of(handler.engine().getSession(), witness),
                    chosen == null ? "" : chosen));
          } else {
            promise.tryFail(failure(name, witness, done.cause()));
          }
        });
    return promise.future();
  }

  // A context of its own for each connection: a shared one would resume sessions across tasks, and
  // a resumed handshake neither costs what a real one does nor shows the certificate.
  private static SslContext context(CertificateWitness witness, List<String> alpn)
      throws SSLException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(witness)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                alpn))
        .build();
  }

  private static void askFor(SslHandler handler, String name) {
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (IpLiteral.parse(name).isEmpty()) {
      try {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      } catch (IllegalArgumentException notAServerName) {
        // RFC 6066 has no room for names such as a_b; the handshake goes on without one.
        parameters.setServerNames(List.of());
      }
    }
    handler.engine().setSSLParameters(parameters);
  }

  private static ProbeException failure(String name, CertificateWitness witness, Throwable cause) {
    X509Certificate leaf = witness.leaf();
    if (leaf != null && witness.error() != null) {
      TlsFacts.Certificate facts = TlsFacts.describe(leaf);
      return ProbeException.tls(
          "the certificate does not verify for %s: %s (subject %s, issuer %s, valid until %s)"
              .formatted(name, witness.error(), facts.subject(), facts.issuer(), facts.notAfter()));
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof NotSslRecordException plain) {
        String message = String.valueOf(plain.getMessage());
        return message.contains(HTTP_IN_HEX)
            ? ProbeException.notTls("the target speaks plain HTTP on this port, not TLS")
            : ProbeException.tls("the target does not speak TLS on this port");
      }
      if (t instanceof ClosedChannelException) {
        return ProbeException.tls("the target closed the connection during the TLS handshake");
      }
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return ProbeException.tls("the TLS handshake failed: " + message);
  }
}
