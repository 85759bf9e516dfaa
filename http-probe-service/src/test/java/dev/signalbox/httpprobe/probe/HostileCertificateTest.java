package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose certificate cannot be read; the JDK trips over some instead of refusing them. */
class HostileCertificateTest {

  private static final String INPUTS =
      "/dev/signalbox/httpprobe/tls/CertificateFuzzTestInputs/"
          + "what_passes_for_a_certificate_can_be_described/";

  private static final int HANDSHAKE = 22;
  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;

  /**
   * TLS 1.2, a random of zeros, no session, ECDHE_RSA with AES 128 GCM, no compression; extended
   * master secret and secure renegotiation.
   */
  private static final byte[] HELLO =
      HexFormat.of()
          .parseHex(
              "0303" + "00".repeat(32) + "00" + "c02f" + "00" + "0009" + "00170000ff01000100");

  @ParameterizedTest
  @ValueSource(strings = {"edwards-without-a-key.der", "cut.der", "almost.der"})
  void is_a_tls_error(String file) throws IOException {
    byte[] certificate = input(file);
    try (ProbeRig rig = new ProbeRig();
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, certificate));

      TaskError error =
          rig.failedProbe(
              "https://127.0.0.1:" + server.getLocalPort() + "/",
              "timeout_ms",
              5_000,
              "verify_tls",
              false);

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
      assertThat(error.phase()).isEqualTo("tls");
    }
  }

  private static byte[] input(String file) throws IOException {
    try (InputStream in = HostileCertificateTest.class.getResourceAsStream(INPUTS + file)) {
      assertThat(in).isNotNull();
      return in.readAllBytes();
    }
  }

  /** Says hello and shows the certificate; what comes after that never does. */
  private static void answer(ServerSocket server, byte[] certificate) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[4_096]);
      OutputStream out = socket.getOutputStream();
      out.write(record(message(SERVER_HELLO, HELLO)));
      out.write(record(message(CERTIFICATE, sized(sized(certificate)))));
      out.flush();
      socket.getInputStream().readAllBytes();
    } catch (IOException gone) {
      // The test looks at what the probe made of it.
    }
  }

  private static byte[] record(byte[] content) {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(new byte[] {HANDSHAKE, 3, 3});
    record.write(content.length >> 8);
    record.write(content.length);
    record.writeBytes(content);
    return record.toByteArray();
  }

  private static byte[] message(int type, byte[] content) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(type);
    message.writeBytes(sized(content));
    return message.toByteArray();
  }

  /** With its length in three bytes before it. */
  private static byte[] sized(byte[] content) {
    ByteArrayOutputStream sized = new ByteArrayOutputStream();
    sized.write(content.length >> 16);
    sized.write(content.length >> 8);
    sized.write(content.length);
    sized.writeBytes(content);
    return sized.toByteArray();
  }
}
