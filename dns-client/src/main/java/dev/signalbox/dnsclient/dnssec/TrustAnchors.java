package dev.signalbox.dnsclient.dnssec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** The keys that are trusted without proof, as DS or DNSKEY records in master file notation. */
public final class TrustAnchors {

  private static final long LONGEST_FILE = 1 << 20;
  private static final String SHIPPED = "root-anchors.txt";

  private final byte[] text;

  private TrustAnchors(byte[] text) {
    this.text = text;
  }

  /**
   * Reads anchors; blocks.
   *
   * @param file empty for those of the root zone, which come along
   * @throws IOException when there are none
   */
  public static TrustAnchors read(String file) throws IOException {
    return of(file.isEmpty() ? shipped() : content(Path.of(file)), file);
  }

  private static byte[] shipped() throws IOException {
    try (InputStream in = TrustAnchors.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IOException("no " + SHIPPED + " beside " + TrustAnchors.class.getName());
      }
      return in.readAllBytes();
    }
  }

  private static byte[] content(Path file) throws IOException {
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private static TrustAnchors of(byte[] text, String file) throws IOException {
    int anchors = 0;
    try (Master master = new Master(new ByteArrayInputStream(text), Name.root, 0)) {
      Record record = master.nextRecord();
      while (record != null) {
        anchors += record.getType() == Type.DS || record.getType() == Type.DNSKEY ? 1 : 0;
        record = master.nextRecord();
      }
    }
    if (anchors == 0) {
      throw new IOException(file + " holds no DS or DNSKEY record");
    }
    return new TrustAnchors(text);
  }

  void into(ValidatingResolver resolver) {
    try {
      resolver.loadTrustAnchors(new ByteArrayInputStream(text));
    } catch (IOException e) {
      throw new UncheckedIOException("read before", e);
    }
  }
}
