package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A setting or file with a secret in the bad line: the error names the place, not the secret. */
@LongTest
class SecretErrorsIT {

  private static final int WRONG_SETTINGS = 2;
  private static final String SECRET = "s3cret-of-a-bad-line";

  /** Of a cluster; it takes seconds to make them. */
  private static Path clusterKeys;

  @BeforeAll
  static void makeClusterKeys() {
    clusterKeys = clusterKeys(Scratch.directory("cluster").resolve("keys"));
  }

  /** A file in which S is the secret and \n a line break. */
  private static Path file(String text) throws IOException {
    return Files.writeString(Scratch.directory("bad").resolve("file"), content(text));
  }

  private static String content(String text) {
    return text.replace("\\n", "\n").replace("S", SECRET);
  }

  /** What the command says of settings that it must refuse. */
  private static String refused(String... arguments) {
    return refused(Map.of(), arguments);
  }

  /** The same, with more settings in the environment. */
  private static String refused(Map<String, String> environment, String... arguments) {
    List<String> all = new ArrayList<>(List.of("config"));
    all.addAll(List.of(arguments));
    Programs.Outcome outcome =
        Programs.run(Distribution.inEnvironment(environment, Distribution.command(all)));

    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(WRONG_SETTINGS);
    String said = outcome.text() + outcome.errors();
    assertThat(said).contains("The configuration has errors:").doesNotContain(SECRET);
    return said;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "storage:\\n  password: \"S\\n",
        "gateway:\\n  tokens: [admin:S\\n",
        "storage:\\n  password: S: x: y\\n",
        "storage:\\n  password: @S\\n",
        "storage:\\n  password: {a: S}\\n",
        "storage:\\n  password: S\001\\n",
        "storage:\\n  pasword: S\\n",
        "storage: S\\n",
        "S\\n"
      })
  void givenABrokenFile_whenItIsRead_thenTheErrorRepeatsNothingOfIt(String yaml)
      throws IOException {
    Path file = file(yaml);

    assertThat(refused("--config", file.toString())).containsAnyOf(file.toString(), "storage");
  }

  @ParameterizedTest
  @CsvSource({
    "storage.url, jdbc:postgresql://u:S@h:1/d",
    "storage.url, jdbc:postgresql://u:S@h/d",
    "storage.url, jdbc:postgresql://h:x1/d?password=S",
    "storage.url, postgres://u:S@h/d",
    "platform.trace-endpoint, http://u:S@h:1",
    "gateway.tokens, S",
    "gateway.tokens, nobody:S",
    "gateway.tokens, admin:ok-and-long-enough;S",
    "gateway.token, admin:S"
  })
  void givenABadSetting_whenItIsRead_thenTheErrorNamesTheSetting(String key, String value) {
    String text = content(value).replace(';', ',');

    assertThat(refused("--" + key + "=" + text)).contains(key + ":");
    assertThat(refused(Map.of(key, text)))
        .containsAnyOf(key + ":", Distribution.variable(key) + ":")
        .doesNotContain("command line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody:S\\n",
        "admin S\\n",
        "name=x role=admin sha256=S\\n",
        "name=x role=S\\n",
        "name=x role=admin sha256=0 S\\n",
        "S=x\\n"
      })
  void givenABadLineOfTokens_whenItIsRead_thenTheErrorNamesTheLine(String line) throws IOException {
    Path file = file("# one\\n" + line);

    assertThat(refused("--gateway.tokens-file=" + file)).contains(file + ": line 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"S", "*S", "@S", "[S", "S: x: y", "{S: x}", "'S\u00fc'"})
  void givenABadCredentialOfAModule_whenItIsRead_thenTheErrorNamesTheKeyOrTheLine(String value)
      throws IOException {
    Path file =
        file(
            "modules:\\n  m:\\n    prober: http\\n    http:\\n      bearer_token: "
                + value
                + "\\n");

    assertThat(refused("--probe.modules-file=" + file))
        .containsPattern("probe\\.modules-file: .*(line \\d|http\\.bearer_token must )");
  }

  /** A key in whose middle something else stands. */
  private static String brokenKey() {
    return "-----BEGIN PRIVATE KEY-----\n" + SECRET + "\n-----END PRIVATE KEY-----\n";
  }

  @Test
  void givenABrokenClientCertificate_whenItIsRead_thenTheErrorNamesItsFile() {
    Path directory = Scratch.directory("clients");
    SecretSystem.write(directory.resolve("shop.pem"), brokenKey());

    assertThat(refused("--http-probe.client-certificates=" + directory))
        .contains("http-probe.client-certificates: shop.pem ");
  }

  @Test
  void givenABrokenKeyOfTheTlsDoor_whenTheSystemStarts_thenItsOutputHasNothingOfIt() {
    String pem = Scratch.directory("keys").resolve("key.pem").toString();
    SecretSystem.write(Path.of(pem), brokenKey());
    Map<String, String> settings =
        Shape.settings(
            "platform.log-level",
            "debug",
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            pem,
            "gateway.tls-key",
            pem);

    try (OneProcess system = OneProcess.start(settings)) {
      assertThat(system.output())
          .contains("DEBUG", "The tls door cannot open")
          .doesNotContain(SECRET);
    }
  }

  @Test
  void givenKeysThatBreakLater_whenTheyAreReadAgain_thenTheOutputHasNothingOfThem()
      throws IOException {
    Path directory = Scratch.directory("keys");
    Path key = directory.resolve("key.pem");
    Path client = directory.resolve("clients/shop.pem");
    TestCertificate made = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    SecretSystem.write(directory.resolve("cert.pem"), made.certificatePem());
    SecretSystem.write(key, made.keyPem());
    SecretSystem.write(client, made.keyPem() + made.certificatePem());
    Map<String, String> settings =
        Shape.settings(
            "platform.log-level",
            "debug",
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            directory.resolve("cert.pem").toString(),
            "gateway.tls-key",
            key.toString(),
            "http-probe.client-certificates",
            client.getParent().toString());

    try (OneProcess system = OneProcess.start(settings)) {
      for (Path broken : List.of(key, client)) {
        SecretSystem.write(broken, brokenKey());
        Files.setLastModifiedTime(broken, FileTime.from(Instant.now().plusSeconds(60)));
      }
      system.process().awaitOutput("cannot load certificate");
      system.process().awaitOutput("client certificates of .* are not read again: shop.pem must");

      assertThat(system.output()).doesNotContain(SECRET);
      assertThat(SecretSystem.forms(made.keyPem()))
          .isNotEmpty()
          .allSatisfy(line -> assertThat(system.output()).doesNotContain(line));
    }
  }

  private static Path clusterKeys(Path directory) {
    Programs.Outcome made =
        Programs.run(Distribution.command(List.of("cluster-keys", directory.toString())));
    assertThat(made.exitCode()).as(made.toString()).isZero();
    return directory;
  }

  private static SignalboxProcess member(String service, Path keys, String cluster, int port) {
    Map<String, String> options = new HashMap<>();
    options.put("platform.cluster-name", cluster);
    options.put("platform.cluster-port", Integer.toString(port));
    options.put("platform.cluster-keys", keys.toString());
    options.put("platform.log-level", "debug");
    options.put("platform.log-format", "text");
    options.put("data", Scratch.directory("member").toString());
    return SignalboxProcess.start(
        service, Scratch.directory("secrets"), Distribution.service(service, options));
  }

  @ParameterizedTest
  @CsvSource({
    "secret, S",
    "node-key.pem, -----BEGIN PRIVATE KEY-----\\nS\\n-----END PRIVATE KEY-----\\n",
    "node-key.pem, S\\n",
    "node.pem, -----BEGIN CERTIFICATE-----\\nS\\n-----END CERTIFICATE-----\\n",
    "ca.pem, -----BEGIN PRIVATE KEY-----\\nS\\n-----END PRIVATE KEY-----\\n"
  })
  void givenABrokenKeyOfACluster_whenAMemberStarts_thenItEndsAndSaysNothingOfIt(
      String name, String text) throws IOException {
    Path keys = Scratch.directory("cluster");
    for (String file : List.of("ca.pem", "node.pem", "node-key.pem", "secret")) {
      Files.copy(clusterKeys.resolve(file), keys.resolve(file));
    }
    Files.writeString(keys.resolve(name), content(text));

    try (SignalboxProcess member =
        member("file-service", keys, "broken-" + UUID.randomUUID(), FreePorts.row(20))) {
      assertThat(member.awaitExit()).as(member.output()).isEqualTo(1);
      assertThat(member.output()).contains("platform.cluster-keys").doesNotContain(SECRET);
    }
  }

  /** Of the keys of a cluster what must not be in a log. */
  private static Set<String> secrets(Path keys) throws IOException {
    byte[] secret = Files.readAllBytes(keys.resolve("secret"));
    Set<String> forms =
        new TreeSet<>(SecretSystem.forms(Files.readString(keys.resolve("node-key.pem"))));
    forms.add(HexFormat.of().formatHex(secret));
    forms.add(Base64.getEncoder().withoutPadding().encodeToString(secret));
    return forms;
  }

  @Test
  void givenMembersWithOtherKeys_whenTheyMeet_thenNeitherLogHasAnythingOfThem() throws IOException {
    Path one = clusterKeys;
    Path other = clusterKeys(Scratch.directory("cluster").resolve("other"));
    Set<String> secrets = secrets(one);
    secrets.addAll(secrets(other));
    String cluster = "secrets-" + UUID.randomUUID();
    int port = FreePorts.row(20);

    try (SignalboxProcess first = member("file-service", one, cluster, port);
        SignalboxProcess second = member("dns-service", other, cluster, port)) {
      first.await(
          "or the other to refuse",
          () -> (first.output() + second.output()).contains("refused a cluster connection"));

      assertThat(secrets).hasSizeGreaterThan(4);
      assertThat(first.output() + second.output()).contains("DEBUG");
      assertThat(secrets)
          .allSatisfy(form -> assertThat(first.output() + second.output()).doesNotContain(form));
    }
  }
}
