package dev.signalbox.testsupport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A certificate and its private key, trusted by no machine. */
public final class TestCertificate {

  /** Password of {@link #store()}. */
  public static final String PASSWORD = "changeit";

  private static final Duration BEFORE_ITS_END = Duration.ofDays(10);

  private final X509Bundle bundle;

  TestCertificate(X509Bundle bundle) {
    this.bundle = bundle;
  }

  /**
   * A certificate signed by itself.
   *
   * @param commonName such as {@code localhost}
   * @param validDays from now; a negative number makes one that has ended
   * @param names subject alternative names, {@code dns:a.example} or {@code ip:127.0.0.1}
   */
  public static TestCertificate selfSigned(String commonName, int validDays, String... names) {
    try {
      return new TestCertificate(
          builder(commonName, validDays, names).setIsCertificateAuthority(true).buildSelfSigned());
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A certificate with a key of another algorithm, signed by itself. */
  public static TestCertificate selfSigned(String commonName, CertificateBuilder.Algorithm key) {
    try {
      return new TestCertificate(
          builder(commonName, 30).algorithm(key).setIsCertificateAuthority(true).buildSelfSigned());
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * A certificate signed by an authority of its own, see {@link #authority()}; arguments as for
   * {@link #selfSigned}.
   */
  public static TestCertificate issued(String commonName, int validDays, String... names) {
    try {
      X509Bundle authority =
          builder("authority", 90).setIsCertificateAuthority(true).buildSelfSigned();
      return new TestCertificate(builder(commonName, validDays, names).buildIssuedBy(authority));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static CertificateBuilder builder(String commonName, int validDays, String... names) {
    Instant now = Instant.now();
    Instant end = now.plus(Duration.ofDays(validDays));
    CertificateBuilder builder =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + commonName)
            // A second in the past, for a certificate that is used in the second of its birth.
            .notBefore(validDays < 0 ? end.minus(BEFORE_ITS_END) : now.minusSeconds(1))
            .notAfter(end);
    for (String name : names) {
      String value = name.substring(name.indexOf(':') + 1);
      if (name.startsWith("dns:")) {
        builder.addSanDnsName(value);
      } else {
        builder.addSanIpAddress(value);
      }
    }
    return builder;
  }

  /** Key and certificate as PKCS #12. */
  public byte[] store() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "test",
          bundle.getKeyPair().getPrivate(),
          PASSWORD.toCharArray(),
          bundle.isSelfSigned()
              ? bundle.getCertificatePath()
              : bundle.getCertificatePathWithRoot());
      store.store(out, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The certificate. */
  public X509Certificate certificate() {
    return bundle.getCertificate();
  }

  /** Who signed the certificate: itself unless it was {@link #issued}. */
  public X509Certificate authority() {
    return bundle.getRootCertificate();
  }

  /** The certificate as PEM. */
  public String certificatePem() {
    return bundle.getCertificatePEM();
  }

  /** The same certificate with others after its chain. */
  public TestCertificate with(X509Certificate... more) {
    X509Certificate[] own = bundle.getCertificatePath();
    X509Certificate[] chain = Arrays.copyOf(own, own.length + more.length);
    System.arraycopy(more, 0, chain, own.length, more.length);
    return of(chain);
  }

  /** The same certificate without the rest of its chain. */
  public TestCertificate alone() {
    return of(bundle.getCertificate());
  }

  private TestCertificate of(X509Certificate... chain) {
    return new TestCertificate(
        X509Bundle.fromCertificatePath(chain, bundle.getRootCertificate(), bundle.getKeyPair()));
  }

  /** The private key as PEM, PKCS #8. */
  public String keyPem() {
    return bundle.getPrivateKeyPEM();
  }

  /** A client's context that trusts this certificate's authority and no other. */
  public SSLContext trustingContext() {
    return context(null, bundle.toTrustManagerFactory().getTrustManagers());
  }

  /** A server's context with this certificate. */
  public SSLContext context() {
    return context(keys(), null);
  }

  /** A server's context that trusts clients by another certificate. */
  SSLContext context(TestCertificate clients) {
    return context(keys(), clients.bundle.toTrustManagerFactory().getTrustManagers());
  }

  /**
   * A client's context that shows this certificate and its chain, whatever authorities the server
   * names, and trusts the authority of another certificate alone.
   */
  public SSLContext showingContext(TestCertificate server) {
    return context(
        new KeyManager[] {new OneKey(bundle)},
        server.bundle.toTrustManagerFactory().getTrustManagers());
  }

  /** A key that is used whatever the other side asks for. */
  private static final class OneKey extends X509ExtendedKeyManager {

    private static final String ALIAS = "one";

    private final X509Bundle bundle;

    OneKey(X509Bundle bundle) {
      this.bundle = bundle;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return bundle.getCertificatePath();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return bundle.getKeyPair().getPrivate();
    }
  }

  private KeyManager[] keys() {
    try {
      return bundle.toKeyManagerFactory().getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
