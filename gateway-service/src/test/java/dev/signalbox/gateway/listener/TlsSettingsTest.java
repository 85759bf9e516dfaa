package dev.signalbox.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.listener.TlsSettings.ClientCertificates;
import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.testsupport.TestAuthority;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {

  private static final TestCertificate DOOR = TestCertificate.selfSigned("localhost", 10);
  private static final TestAuthority CLIENTS = TestAuthority.named("clients");

  @TempDir Path directory;

  private String certificate;
  private String key;

  @BeforeEach
  void files() throws IOException {
    certificate = write("cert.pem", DOOR.certificatePem());
    key = write("key.pem", DOOR.keyPem());
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private TlsSettings settings(String port, String ca, ClientCertificates mode) {
    return new TlsSettings(port, certificate, key, ca, mode);
  }

  private static void check(TlsSettings settings) {
    ConfigProblems problems = ConfigProblems.of("gateway");
    settings.check(problems);
    problems.throwIfAny();
  }

  @ParameterizedTest
  @EnumSource(
      value = ClientCertificates.class,
      names = {"OPTIONAL", "REQUIRED"})
  void givenOneOrMoreAuthorities_whenChecked_thenTheDoorAsksForCertificates(ClientCertificates mode)
      throws IOException {
    String ca =
        write(
            "ca.pem",
            "# ours\n"
                + CLIENTS.certificatePem()
                + "# theirs\n"
                + TestAuthority.named("b").certificatePem());

    TlsSettings settings = settings("8443", ca, mode);
    check(settings);

    Door door = settings.door(false);
    assertThat(door.asksForCertificates()).isTrue();
    assertThat(door.tls().clients().required()).isEqualTo(mode == ClientCertificates.REQUIRED);
    assertThat(door.tls().clients().load().getAcceptedIssuers()).hasSize(2);
    assertThat(settings.certificates()).containsExactly(Path.of(certificate), Path.of(ca));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "missing.pem"})
  void givenCertificatesAreOff_whenChecked_thenTheAuthoritiesAreNotLookedAt(String ca) {
    TlsSettings settings = settings("any", ca, ClientCertificates.OFF);
    check(settings);

    assertThat(settings.door(false).asksForCertificates()).isFalse();
    assertThat(settings.certificates()).containsExactly(Path.of(certificate));
  }

  @Test
  void givenNoAuthorities_whenCertificatesAreAskedFor_thenTheErrorNamesTheSetting() {
    assertThatThrownBy(() -> check(settings("8443", "", ClientCertificates.OPTIONAL)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tls-client-ca")
        .hasMessageContaining("is needed where gateway.tls-client-certificates is not off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "0"})
  void givenNoTlsDoor_whenCertificatesAreAskedFor_thenTheErrorNamesBothSettings(String port)
      throws IOException {
    String ca = write("ca.pem", CLIENTS.certificatePem());
    TlsSettings settings = settings(port, ca, ClientCertificates.REQUIRED);

    assertThatThrownBy(() -> check(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tls-client-certificates")
        .hasMessageContaining("needs gateway.tls-port");
    assertThat(settings.certificates()).isEmpty();
  }

  static Stream<Arguments> noAuthorities() {
    String one = CLIENTS.certificatePem();
    String rule = "must have 1 to 100 certificates in PEM and nothing else";
    return Stream.of(
        Arguments.of("", rule),
        Arguments.of("no certificate", rule),
        Arguments.of(one + DOOR.keyPem(), rule),
        Arguments.of(one.substring(0, one.length() - 40), rule),
        Arguments.of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", rule),
        Arguments.of(one.repeat(101), rule),
        Arguments.of("#".repeat((1 << 20) + 1), "must be a file of at most 1048576 bytes"));
  }

  @ParameterizedTest
  @MethodSource("noAuthorities")
  void givenAFileWithoutAuthorities_whenChecked_thenTheErrorHasTheRule(String text, String rule)
      throws IOException {
    String ca = write("ca.pem", text);

    assertThatThrownBy(() -> check(settings("8443", ca, ClientCertificates.OPTIONAL)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tls-client-ca")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.pem", "", "a\u0000b"})
  void givenNoFile_whenChecked_thenTheErrorNamesTheSetting(String name) {
    String ca = name.indexOf(0) < 0 ? directory.resolve(name).toString() : name;

    assertThatThrownBy(() -> check(settings("8443", ca, ClientCertificates.OPTIONAL)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tls-client-ca");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void givenAPipeThatNobodyWrites_whenChecked_thenItIsRefusedWithoutWaiting() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> check(settings("8443", pipe.toString(), ClientCertificates.OPTIONAL)))
        .hasMessageContaining("must be a readable PEM file");
  }
}
