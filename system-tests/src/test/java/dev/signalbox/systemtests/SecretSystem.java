package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.StoppablePostgres;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  static final String SERVER_KEY = "key of a server";

  /** How the system is configured, and how it logs. */
  enum Way {
    /** By a file; the log is text. */
    FILE,
    /** By variables; the log is JSON. */
    ENVIRONMENT
  }

  private static final TestCertificate TLS =
      TestCertificate.selfSigned("localhost", 10, "dns:localhost");
  private static final TestCertificate CLIENT =
      TestCertificate.selfSigned("client", 10, "dns:client");
  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("server", 10, "dns:server");

  final Way way;
  final Path directory = Scratch.directory("secrets");
  final Path audit = directory.resolve("audit.log");
  final Path tokensFile = directory.resolve("tokens");
  final int managementPort = FreePorts.next();
  final StoppablePostgres postgres;
  final OneProcess system;
  private final Path temporary = directory.resolve("tmp");
  private final Map<String, String> secrets;
  private final Map<String, String> settings;
  private final Path config;

  private SecretSystem(Way way, Map<String, String> secrets) {
    this.way = way;
    this.secrets = secrets;
    postgres = StoppablePostgres.start(directory.resolve("postgres"));
    try {
      Files.createDirectories(temporary);
      settings = configure(postgres.settings());
      config = SettingsFile.write(directory, settings);
      system =
          OneProcess.start(
              directory.resolve("data"),
              Shape.settings("platform.log-format", way == Way.FILE ? "text" : "json"),
              List.of("-Djava.io.tmpdir=" + temporary),
              this::configured);
    } catch (IOException e) {
      postgres.close();
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      postgres.close();
      throw e;
    }
  }

  static SecretSystem start(Way way, Set<String> names) {
    Map<String, String> secrets = new LinkedHashMap<>();
    // With characters that an encoding of URLs or of base64 changes, where they may be.
    names.forEach(
        name -> secrets.put(name, "s3+cret/" + name.replace(' ', '-') + "=" + UUID.randomUUID()));
    secrets.put(TLS_KEY, TLS.keyPem());
    secrets.put(CLIENT_KEY, CLIENT.keyPem());
    secrets.put(SERVER_KEY, SERVER.keyPem());
    return new SecretSystem(way, Map.copyOf(secrets));
  }

  /** A command with the settings of this system. */
  private List<String> configured(List<String> command) {
    return switch (way) {
      case FILE -> Stream.concat(command.stream(), Stream.of("--config=" + config)).toList();
      case ENVIRONMENT -> Distribution.inEnvironment(settings, command);
    };
  }

  String secret(String name) {
    String secret = secrets.get(name);
    if (secret == null) {
      throw new IllegalArgumentException(name);
    }
    return secret;
  }

  /** Writes the files that settings name; the settings. */
  private Map<String, String> configure(Map<String, String> storage) {
    write(directory.resolve("key.pem"), TLS.keyPem());
    write(directory.resolve("cert.pem"), TLS.certificatePem());
    Path clients = directory.resolve("clients");
    write(clients.resolve("client.pem"), CLIENT.keyPem() + CLIENT.certificatePem());
    write(
        tokensFile,
        "operator:%s\nreader:%s\nname=ci role=admin sha256=%s\n"
            .formatted(
                secret("token of a line"),
                secret("token of a reader"),
                sha256(secret("token with a name"))));
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
    Map<String, String> all = new HashMap<>();
    all.put("gateway.tokens", "admin:" + secret("token of a setting"));
    all.put("gateway.tokens-file", tokensFile.toString());
    all.put("gateway.audit-log", audit.toString());
    all.put("gateway.tls-port", "any");
    all.put("gateway.tls-certificate", directory.resolve("cert.pem").toString());
    all.put("gateway.tls-key", directory.resolve("key.pem").toString());
    all.put("http-probe.client-certificates", clients.toString());
    all.put("probe.modules-file", directory.resolve("modules.yaml").toString());
    String encoded = URLEncoder.encode(secret("password in the URL"), StandardCharsets.UTF_8);
    all.put("storage.url", storage.get("url") + "?sslpassword=" + encoded);
    all.put("storage.user", Objects.requireNonNull(storage.get("user")));
    all.put("storage.password", secret("password of the database"));
    all.put("platform.log-level", "debug");
    all.put("platform.management-port", Integer.toString(managementPort));
    return all;
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
    Programs.Outcome outcome = Programs.run(configured(Distribution.command(List.of(arguments))));
    // The doctor ends with 1, since the certificates end soon.
    if (outcome.exitCode() > 1) {
      throw new AssertionError(outcome.toString());
    }
    return outcome.text() + outcome.errors();
  }

  /** What the doctor says of this place and this system. */
  String doctor() {
    Path token = directory.resolve("token");
    write(token, secret("token with a name"));
    return command(
        "doctor",
        "--data=" + system.data(),
        "--port=" + system.doors().main(),
        "--token-file=" + token);
  }

  /** A file of the process in /proc. */
  String proc(String name) {
    return read(Path.of("/proc", Long.toString(system.process().pid()), name)).replace('\0', '\n');
  }

  /** Names of all files that the system wrote. */
  String names() {
    return FileTree.files(system.data()).toString();
  }

  /** What the system has left in the directory for temporary files. */
  String temporaryFiles() {
    return contents(FileTree.files(temporary));
  }

  /** What it has in its data directory, but for the file and the log of messages that hold it. */
  String otherFiles() {
    return contents(
        FileTree.files(system.data()).stream()
            .filter(file -> !file.endsWith("files/private.txt") && !file.endsWith("messages.log"))
            .toList());
  }

  private static String contents(List<Path> files) {
    StringBuilder all = new StringBuilder();
    for (Path file : files) {
      try {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('\n');
      } catch (NoSuchFileException gone) {
        // It was a temporary one.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.toString();
  }

  /** A server on demand with a certificate and a key. */
  static String keyed(String name, String certificate, String key) {
    return """
    {"name":"%s","tls":{"certificate_pem":%s,"private_key_pem":%s},
      "routes":[{"match":{"path":"/x"},"response":{"body":"x"}}]}\
    """
        .formatted(name, Reply.quote(certificate), Reply.quote(key));
  }

  static String certificateOfServer() {
    return SERVER.certificatePem();
  }

  @Override
  public void close() {
    system.close();
    postgres.close();
  }
}
