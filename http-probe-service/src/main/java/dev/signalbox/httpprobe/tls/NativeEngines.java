package dev.signalbox.httpprobe.tls;

import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
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
import org.jspecify.annotations.Nullable;

/**
 * BoringSSL's. Contexts hold nothing but what is offered by ALPN and the client's certificate, and
 * remember no sessions, so they are shared by all connections that offer the same; who judges a
 * certificate is found by the connection's engine. Both live outside the heap: an engine is freed
 * when its handler leaves the pipeline, a context when it is closed and its last engine is freed.
 */
final class NativeEngines implements TlsEngines {

  /** Of a certificate that is renewed the context of the old one goes: names are few. */
  private record Kind(List<String> alpn, String identity) {}

  private record Made(SslContext context, String fingerprint) {}

  private final Map<Kind, Made> contexts = new HashMap<>();
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
      List<String> alpn,
      @Nullable ClientCertificate identity)
      throws SSLException {
    SslHandler handler = context(alpn, identity).newHandler(buffers, name, port);
    SSLEngine engine = handler.engine();
    witnesses.known.put(engine, witness);
    handler.handshakeFuture().addListener(_ -> witnesses.known.remove(engine));
    return handler;
  }

  private SslContext context(List<String> alpn, @Nullable ClientCertificate identity)
      throws SSLException {
    Kind kind = new Kind(alpn, identity == null ? "" : identity.name());
    String fingerprint = identity == null ? "" : identity.fingerprint();
    Made made = contexts.get(kind);
    if (made != null && made.fingerprint.equals(fingerprint)) {
      return made.context;
    }
    SslContext context =
        TlsEngines.client(SslProvider.OPENSSL_REFCNT, witnesses, alpn, identity).build();
    ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
    contexts.put(kind, new Made(context, fingerprint));
    if (made != null) {
      ReferenceCountUtil.release(made.context);
    }
    return context;
  }

  /** Handshakes under way. */
  int underWay() {
    return witnesses.known.size();
  }

  @Override
  public void close() {
    contexts.values().forEach(made -> ReferenceCountUtil.release(made.context));
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
