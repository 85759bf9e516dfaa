package dev.signalbox.dnsclient.transport;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/**
 * Cuts a stream into messages at their two-octet lengths (RFC 1035 section 4.2.2). Holds at most
 * one unfinished message, so at most 64 KiB.
 */
final class MessageFrames implements Handler<Buffer> {

  private final Consumer<byte[]> messages;
  private byte[] message = new byte[0];
  private int lengthOctets;
  private int length;
  private int filled;

  MessageFrames(Consumer<byte[]> messages) {
    this.messages = messages;
  }

  @Override
  public void handle(Buffer bytes) {
    int at = 0;
    while (at < bytes.length()) {
      if (lengthOctets < Short.BYTES) {
        length = (length << 8) | bytes.getUnsignedByte(at++);
        if (++lengthOctets == Short.BYTES) {
          message = new byte[length];
        }
      } else {
        int taken = Math.min(length - filled, bytes.length() - at);
        bytes.getBytes(at, at + taken, message, filled);
        filled += taken;
        at += taken;
      }
      if (lengthOctets == Short.BYTES && filled == length) {
        deliver();
      }
    }
  }

  private void deliver() {
    byte[] whole = message;
    message = new byte[0];
    lengthOctets = 0;
    length = 0;
    filled = 0;
    messages.accept(whole);
  }
}
