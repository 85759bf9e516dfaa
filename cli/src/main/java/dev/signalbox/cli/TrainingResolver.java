package dev.signalbox.cli;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** Answers each DNS question with no records: enough of a resolver for the training run. */
final class TrainingResolver implements AutoCloseable {

  private static final int LARGEST = 4_096;
  private static final int FLAGS = 2;
  private static final int ANSWER = 0x80; // RFC 1035, 4.1.1: the QR bit.

  private final DatagramSocket socket;

  TrainingResolver() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("resolver").start(this::answer);
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void answer() {
    byte[] message = new byte[LARGEST];
    try {
      while (!socket.isClosed()) {
        DatagramPacket packet = new DatagramPacket(message, LARGEST);
        socket.receive(packet);
        message[FLAGS] |= (byte) ANSWER;
        socket.send(packet);
      }
    } catch (IOException e) {
      // Closed: the training run has ended.
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
