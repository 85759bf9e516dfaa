package dev.signalbox.platform.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PemKeysTest {

  private static X509Bundle certificate(Algorithm algorithm) throws Exception {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .algorithm(algorithm)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static PemKeyCertOptions options(X509Bundle certificate, X509Bundle key) {
    return new PemKeyCertOptions()
        .addCertValue(Buffer.buffer(certificate.getCertificatePathPEM()))
        .addKeyValue(Buffer.buffer(key.getPrivateKeyPEM()));
  }

  @ParameterizedTest
  @EnumSource(names = {"rsa2048", "ecp256", "ecp384"})
  void givenKeysOfAnAlgorithm_whenOneIsLoadedWithACertificate_thenOnlyItsOwnBelongsToIt(
      Algorithm algorithm) throws Exception {
    X509Bundle own = certificate(algorithm);
    X509Bundle other = certificate(algorithm);

    assertThat(PemKeys.belongTogether(options(own, own))).isTrue();
    assertThat(PemKeys.belongTogether(options(own, other))).isFalse();
  }
}
