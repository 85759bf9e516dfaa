package dev.signalbox.systemtests;

import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The whole system in one process, with its tls door open.
 *
 * @param process the system
 * @param certificate what the tls door shows
 * @param certificateFile the same as a PEM file
 * @param port of the tls door
 */
record TlsSystem(OneProcess process, TestCertificate certificate, Path certificateFile, int port)
    implements AutoCloseable {

  private static final Pattern DOOR = Pattern.compile("(?m)^\\s+tls\\s+https://[^\\s]+:(\\d+)");

  static TlsSystem start(Map<String, String> settings) {
    TestCertificate certificate =
        TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");
    Path directory = Scratch.directory("tls");
    Path certificateFile = write(directory.resolve("cert.pem"), certificate.certificatePem());
    Map<String, String> all = new HashMap<>(settings);
    all.put("gateway.tls-port", "any");
    all.put("gateway.tls-certificate", certificateFile.toString());
    all.put(
        "gateway.tls-key", write(directory.resolve("key.pem"), certificate.keyPem()).toString());
    OneProcess process = OneProcess.start(all);
    Matcher door = DOOR.matcher(process.output());
    if (!door.find()) {
      process.close();
      throw new AssertionError("no tls door in " + process.output());
    }
    return new TlsSystem(process, certificate, certificateFile, Integer.parseInt(door.group(1)));
  }

  private static Path write(Path file, String pem) {
    try {
      return Files.writeString(file, pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A URL of the tls door. */
  String url(String path) {
    return "https://localhost:" + port + path;
  }

  @Override
  public void close() {
    process.close();
  }
}
