package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.platform.node.Keytool;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of servers whose definition asks for TLS and gives none: one for the process,
 * made when it is first needed and signed by itself. Safe for any number of threads.
 */
public final class SelfMadeCertificate {

  private static final String PASSWORD = "signalbox";
  private static final String DAYS = "3650";

  private final Set<String> names;
  private @Nullable KeyCertOptions keys;

  /**
   * A certificate that is not made yet.
   *
   * @param hosts names and addresses that it is for, beside those of the machine itself
   */
  public SelfMadeCertificate(Collection<String> hosts) {
    names = new LinkedHashSet<>(Set.of("localhost", "127.0.0.1", "::1"));
    names.addAll(hosts);
  }

  /** The certificate with its key; blocks for about a second the first time. */
  synchronized KeyCertOptions keys() throws IOException, InterruptedException {
    KeyCertOptions made = keys;
    if (made == null) {
      made = make();
      keys = made;
    }
    return made;
  }

  private KeyCertOptions make() throws IOException, InterruptedException {
    // Others cannot read it (see Files.createTempDirectory).
    Path directory =
        Files.createTempDirectory(
            Path.of(System.getProperty("java.io.tmpdir")), "signalbox-certificate");
    Path store = directory.resolve("server.p12");
    try {
      Keytool.run(
          store,
          PASSWORD,
          "-genkeypair",
          "-alias",
          "server",
          "-dname",
          "CN=Signalbox server on demand",
          "-keyalg",
          "EC",
          "-groupname",
          "secp256r1",
          "-validity",
          DAYS,
          "-ext",
          "ku:critical=digitalSignature",
          "-ext",
          "eku=serverAuth",
          "-ext",
          "san=" + names.stream().map(SelfMadeCertificate::san).collect(Collectors.joining(",")));
      return new PfxOptions()
          .setValue(Buffer.buffer(Files.readAllBytes(store)))
          .setPassword(PASSWORD);
    } finally {
      Files.deleteIfExists(store);
      Files.deleteIfExists(directory);
    }
  }

  private static String san(String name) {
    return (IpLiteral.parse(name).isEmpty() ? "dns:" : "ip:") + name;
  }
}
