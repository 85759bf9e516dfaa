package dev.signalbox.gateway.listener;

import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * The certificate of a door that speaks TLS, as two PEM files.
 *
 * @param certificate the door's certificate, then those of the authorities between it and a root
 * @param key the private key, PKCS #8 or PKCS #1, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {

  /** As an option of a server. */
  PemKeyCertOptions options() {
    return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
  }

  /** When the files were last written; blocks. */
  List<FileTime> written() throws IOException {
    return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
  }
}
