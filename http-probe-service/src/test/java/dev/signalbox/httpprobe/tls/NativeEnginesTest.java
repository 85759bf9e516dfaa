package dev.signalbox.httpprobe.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.TestCertificate;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCounted;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeEnginesTest {

  private static final int MANY = 50;
  private static final TestCertificate CERTIFICATE =
      TestCertificate.issued("localhost", 30, "dns:localhost");

  @Test
  void the_library_is_there_and_taken_unless_switched_off() throws Exception {
    assertThat(OpenSsl.isAvailable()).isTrue();
    assertThat(TlsEngines.of(true, trusting())).isInstanceOf(NativeEngines.class);
    assertThat(TlsEngines.of(false, trusting())).isInstanceOf(JdkEngines.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothing_is_left_of_handshakes_whether_they_succeed_or_not(boolean verifies)
      throws Exception {
    NativeEngines engines = new NativeEngines(trusting());
    SSLContext server = server();
    List<SSLEngine> made = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      CertificateWitness witness = new CertificateWitness(trusting(), true);
      SslHandler client = handler(engines, witness, verifies ? "localhost" : "other.example");
      made.add(client.engine());
      handshake(client, server.createSSLEngine());
      assertThat(client.handshakeFuture().isSuccess()).isEqualTo(verifies);
      assertThat(witness.leaf()).isNotNull();
    }
    engines.close();

    assertThat(engines.underWay()).isZero();
    assertThat(made)
        .allSatisfy(engine -> assertThat(((ReferenceCounted) engine).refCnt()).isZero());
  }

  @Test
  void nothing_is_left_of_a_handshake_that_was_given_up() throws Exception {
    NativeEngines engines = new NativeEngines(trusting());
    SslHandler client = handler(engines, new CertificateWitness(trusting(), true), "localhost");
    EmbeddedChannel channel = new EmbeddedChannel(client);
    assertThat(engines.underWay()).isOne();

    channel.finishAndReleaseAll();
    engines.close();

    assertThat(engines.underWay()).isZero();
    assertThat(((ReferenceCounted) client.engine()).refCnt()).isZero();
  }

  @Test
  void no_session_is_resumed() throws Exception {
    NativeEngines engines = new NativeEngines(trusting());
    SSLContext server = server();
    for (int i = 0; i < 3; i++) {
      CertificateWitness witness = new CertificateWitness(trusting(), true);
      handshake(handler(engines, witness, "localhost"), server.createSSLEngine());
      assertThat(witness.leaf()).as("seen at handshake " + i).isNotNull();
    }
    engines.close();
  }

  @Test
  void a_certificate_is_judged_by_the_witness_of_its_own_connection() throws Exception {
    NativeEngines engines = new NativeEngines(trusting());
    SSLContext server = server();
    SslHandler lenient =
        handler(engines, new CertificateWitness(trusting(), false), "other.example");
    SslHandler strict = handler(engines, new CertificateWitness(trusting(), true), "other.example");

    handshake(lenient, server.createSSLEngine());
    handshake(strict, server.createSSLEngine());

    assertThat(lenient.handshakeFuture().isSuccess()).isTrue();
    assertThat(strict.handshakeFuture().isSuccess()).isFalse();
    engines.close();
  }

  private static SslHandler handler(NativeEngines engines, CertificateWitness witness, String name)
      throws Exception {
    SslHandler handler =
        engines.handler(
            UnpooledByteBufAllocator.DEFAULT, witness, name, 443, List.of("h2", "http/1.1"), null);
    var parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    return handler;
  }

  /** Both ends in memory, until nothing more is said; then both are closed. */
  private static void handshake(SslHandler client, SSLEngine serverEngine) {
    serverEngine.setUseClientMode(false);
    SslHandler server = new SslHandler(serverEngine);
    EmbeddedChannel there = new EmbeddedChannel(server);
    EmbeddedChannel here = new EmbeddedChannel(client);
    boolean moved = true;
    while (moved) {
      boolean sent = pass(here, there);
      moved = pass(there, here) || sent;
    }
    assertThat(client.handshakeFuture().isDone()).isTrue();
    here.finishAndReleaseAll();
    there.finishAndReleaseAll();
  }

  private static boolean pass(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    boolean moved = false;
    for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
      try {
        to.writeInbound(bytes);
      } catch (Exception failed) {
        // What a failed handshake throws is in its future too.
        assertThat(failed).isNotNull();
      }
      moved = true;
    }
    return moved;
  }

  private static SSLContext server() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] password = TestCertificate.PASSWORD.toCharArray();
    store.load(new ByteArrayInputStream(CERTIFICATE.store()), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static X509ExtendedTrustManager trusting() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("trusted", CERTIFICATE.authority());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }
}
