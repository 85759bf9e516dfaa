package dev.signalbox.httpprobe.tls;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
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

  private final X509ExtendedTrustManager judge;

  private final TlsEngines engines;

  public TlsLayer(X509ExtendedTrustManager judge, TlsEngines engines) {
    this.judge = judge;
    this.engines = engines;
  }

  /** To be called on the event loop when no more connections will be secured. */
  public void close() {
    engines.close();
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
   * @param authorities to verify by; null for those of this machine
   * @param identity shown to a server that asks for a certificate; null for none
   * @param alpn protocols offered, best first
   * @param patience how long the target may say nothing at all; null for ever
   */
  public Future<Secured> secure(
      Channel channel,
      String name,
      int port,
      boolean verify,
      @Nullable PrivateAuthorities authorities,
      @Nullable ClientCertificate identity,
      List<String> alpn,
      @Nullable Duration patience) {
    if (!channel.isActive()) {
      // Nobody would take the engine off a pipeline that is gone already.
      return Future.failedFuture(hungUp());
    }
    CertificateWitness witness =
        new CertificateWitness(authorities == null ? judge : authorities.judge(), verify);
    SslHandler handler;
    try {
      handler = engines.handler(channel.alloc(), witness, name, port, alpn, identity);
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
    FirstBytes first = new FirstBytes();
    ToldAlready told = new ToldAlready();
    channel.pipeline().addLast(first).addLast(handler).addLast(told);
    channel.config().setAutoRead(true);
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            channel.pipeline().remove(told);
            String chosen = handler.applicationProtocol();
            promise.tryComplete(
                new Secured(
                    TlsFacts.of(handler.engine().getSession(), witness, identity),
                    chosen == null ? "" : chosen));
          } else {
            promise.tryFail(failure(name, witness, first, done.cause()));
          }
        });
    return promise.future();
  }

  /**
   * Takes what the handshake's future has told already: nobody else would, and Netty would have it
   * in the log, which hostile targets could fill.
   */
  private static final class ToldAlready extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
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

  private static ProbeException failure(
      String name, CertificateWitness witness, FirstBytes first, Throwable cause) {
    X509Certificate leaf = witness.leaf();
    if (leaf != null && witness.error() != null) {
      TlsFacts.Certificate facts = TlsFacts.describe(leaf);
      return ProbeException.tls(
          "the certificate does not verify for %s: %s (subject %s, issuer %s, valid until %s)"
              .formatted(name, witness.error(), facts.subject(), facts.issuer(), facts.notAfter()));
    }
    if (first.areHttp()) {
      return ProbeException.notTls("the target speaks plain HTTP on this port, not TLS");
    }
    if (first.areNotTls()) {
      return ProbeException.tls("the target does not speak TLS on this port");
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ClosedChannelException) {
        return hungUp();
      }
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return ProbeException.tls("the TLS handshake failed: " + message);
  }

  private static ProbeException hungUp() {
    return ProbeException.tls("the target closed the connection during the TLS handshake");
  }
}
