package dev.signalbox.httpprobe.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * BoringSSL's. Contexts hold nothing but what is offered by ALPN and remember no sessions, so they
 * are shared by all connections that offer the same; who judges a certificate is found by the
 * connection's engine. Both live outside the heap: an engine is freed when its handler leaves the
 * pipeline, a context when it is closed and its last engine is freed.
 */
final class NativeEngines implements TlsEngines {

  private final Map<List<String>, SslContext> contexts = new HashMap<>();
  private final Witnesses witnesses;

  NativeEngines(X509ExtendedTrustManager judge) {
    this.witnesses = new Witnesses(judge);
  }

  @Override
  public SslHandler handler(
      ByteBufAllocator buffers,
      CertificateWitness witness,
      String name,
      int port,
      List<String> alpn)
      throws SSLException {
    SslContext context = contexts.get(alpn);
    if (context == null) {
      context = TlsEngines.client(SslProvider.OPENSSL_REFCNT, witnesses, alpn).build();
      ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
      contexts.put(alpn, context);
    }
    SslHandler handler = context.newHandler(buffers, name, port);
    SSLEngine engine = handler.engine();
    witnesses.known.put(engine, witness);
    handler.handshakeFuture().addListener(_ -> witnesses.known.remove(engine));
    return handler;
  }

  /** Handshakes under way. */
  int underWay() {
    return witnesses.known.size();
  }

  @Override
  public void close() {
    contexts.values().forEach(ReferenceCountUtil::release);
    contexts.clear();
  }

  private static final class Witnesses extends ServerTrust {

    private final IdentityHashMap<SSLEngine, CertificateWitness> known = new IdentityHashMap<>();

    Witnesses(X509ExtendedTrustManager judge) {
      super(judge);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      CertificateWitness witness = known.get(engine);
      if (witness == null) {
        throw new CertificateException("nobody is there to judge it");
      }
      witness.checkServerTrusted(chain, authType, engine);
    }
  }
}
