package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.StoppablePostgres;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A system with a secret wherever one can be configured, each of which can be told from all. */
final class SecretSystem implements AutoCloseable {

  /** User of every pair of user and password. */
  static final String USER = "somebody";

  static final String TLS_KEY = "key of the tls door";
  static final String CLIENT_KEY = "key of a client certificate";

  private static final TestCertificate TLS =
      TestCertificate.selfSigned("localhost", 10, "dns:localhost");
  private static final TestCertificate CLIENT =
      TestCertificate.selfSigned("client", 10, "dns:client");

  final Path directory = Scratch.directory("secrets");
  final Path audit = directory.resolve("audit.log");
  final Path tokensFile = directory.resolve("tokens");
  final Path config = directory.resolve("signalbox.yaml");
  final int managementPort = FreePorts.next();
  final StoppablePostgres postgres;
  final OneProcess system;
  private final Map<String, String> secrets;

  private SecretSystem(Map<String, String> secrets) {
    this.secrets = secrets;
    postgres = StoppablePostgres.start(directory.resolve("postgres"));
    try {
      configure();
      Map<String, String> settings = Shape.settings("config", config.toString());
      system = OneProcess.start(directory.resolve("data"), settings);
    } catch (Throwable e) {
      postgres.close();
      throw e;
    }
  }

  static SecretSystem start(Set<String> names) {
    Map<String, String> secrets = new LinkedHashMap<>();
    // With characters that an encoding of URLs or of base64 changes, where they may be.
    names.forEach(name -> secrets.put(name, "s3+cret/" + name + "=" + UUID.randomUUID()));
    secrets.put(TLS_KEY, TLS.keyPem());
    secrets.put(CLIENT_KEY, CLIENT.keyPem());
    return new SecretSystem(Map.copyOf(secrets));
  }

  String secret(String name) {
    String secret = secrets.get(name);
    if (secret == null) {
      throw new IllegalArgumentException(name);
    }
    return secret;
  }

  private void configure() {
    write(directory.resolve("key.pem"), TLS.keyPem());
    write(directory.resolve("cert.pem"), TLS.certificatePem());
    Path clients = directory.resolve("clients");
    write(clients.resolve("client.pem"), CLIENT.keyPem() + CLIENT.certificatePem());
    write(
        tokensFile,
        "operator:%s\nname=ci role=admin sha256=%s\n"
            .formatted(secret("token of a line"), sha256(secret("token with a name"))));
    write(
        directory.resolve("modules.yaml"),
        """
        modules:
          bearer: {prober: http, http: {bearer_token: '%s'}}
          basic: {prober: http, http: {basic_auth: {username: '%s', password: '%s'}}}
          header: {prober: http, http: {headers: {Cookie: '%s'}}}
        """
            .formatted(
                secret("bearer of a module"),
                USER,
                secret("password of a module"),
                secret("cookie of a module")));
    Map<String, String> storage = postgres.settings();
    write(
        config,
        """
        gateway:
          tokens: ['admin:%s']
          tokens-file: %s
          audit-log: %s
          tls-port: any
          tls-certificate: %s
          tls-key: %s
        http-probe:
          client-certificates: %s
        probe:
          modules-file: %s
        storage:
          url: '%s?sslpassword=%s'
          user: %s
          password: '%s'
        platform:
          log-level: debug
          management-port: %d
        """
            .formatted(
                secret("token of a setting"),
                tokensFile,
                audit,
                directory.resolve("cert.pem"),
                directory.resolve("key.pem"),
                clients,
                directory.resolve("modules.yaml"),
                storage.get("url"),
                URLEncoder.encode(secret("password in the URL"), StandardCharsets.UTF_8),
                storage.get("user"),
                secret("password of the database"),
                managementPort));
  }

  static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A secret as it is and as encodings make it; each line of a key for itself. */
  static Set<String> forms(String secret) {
    if (secret.contains("PRIVATE KEY")) {
      return secret
          .lines()
          .filter(line -> line.length() > 20 && !line.startsWith("-----"))
          .collect(Collectors.toSet());
    }
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    byte[] pair = (USER + ":" + secret).getBytes(StandardCharsets.UTF_8);
    Base64.Encoder plain = Base64.getEncoder().withoutPadding();
    return new LinkedHashSet<>(
        List.of(
            secret,
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            secret.replace("=", "%3D"),
            plain.encodeToString(bytes),
            plain.encodeToString(pair),
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
            HexFormat.of().formatHex(bytes),
            sha256(secret)));
  }

  /** What a command prints that reads the configuration of this system. */
  String command(String... arguments) {
    List<String> all =
        Stream.concat(Stream.of(arguments), Stream.of("--config", config.toString())).toList();
    Programs.Outcome outcome = Programs.run(Distribution.command(all));
    if (outcome.exitCode() != 0) {
      throw new AssertionError(outcome.toString());
    }
    return outcome.text() + outcome.errors();
  }

  /** A file of the process in /proc. */
  String proc(String name) {
    return read(Path.of("/proc", Long.toString(system.process().pid()), name)).replace('\0', '\n');
  }

  /** Names of all files that the system wrote. */
  String names() {
    return FileTree.files(system.data()).toString();
  }

  @Override
  public void close() {
    system.close();
    postgres.close();
  }
}
