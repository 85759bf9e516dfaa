package dev.signalbox.systemtests;

import dev.signalbox.testsupport.TestCertificate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection of HTTP/2 that sends exactly the frames it is told (RFC 9113) and opens its flow
 * control windows only when told.
 */
final class RawHttp2 implements AutoCloseable {

  /** Frame types of RFC 9113, section 6. */
  static final int DATA = 0;

  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;

  /** What {@link #next} tells when the other side ended the connection. */
  static final int END = -1;

  /** Flags. */
  static final int END_STREAM = 1;

  static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  /** Error codes of RFC 9113, section 7. */
  static final int PROTOCOL_ERROR = 1;

  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int PATIENCE_MS = 30_000;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * A frame.
   *
   * @param type as above; {@link #END} for none
   * @param flags as above
   * @param stream 0 for the connection
   * @param payload without padding and priority
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares frames.
  record Frame(int type, int flags, int stream, byte[] payload) {

    boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** Whether the stream or the whole connection ends before its time. */
    boolean breaksOff() {
      return type == RST_STREAM || type == GOAWAY || type == END;
    }

    /** The error code of RST_STREAM or GOAWAY. */
    int errorCode() {
      return Unpooled.wrappedBuffer(payload).getInt(type == GOAWAY ? 4 : 0);
    }

    @Override
    public String toString() {
      return "frame of type %d, flags %x, stream %d, %d bytes%s"
          .formatted(
              type,
              flags,
              stream,
              payload.length,
              type == RST_STREAM || type == GOAWAY ? ", error code " + errorCode() : "");
    }
  }

  private final int initialWindow;
  private final SSLSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  /** Connects; every stream begins with a window of so many bytes for the answer. */
  RawHttp2(int port, TestCertificate trusted, int initialWindow) {
    this.initialWindow = initialWindow;
    try {
      socket =
          (SSLSocket)
              trusted
                  .trustingContext()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
      out.write(PREFACE);
      ByteBuf settings = Unpooled.buffer().writeShort(INITIAL_WINDOW_SIZE).writeInt(initialWindow);
      send(SETTINGS, 0, 0, bytes(settings));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a frame; tells nothing when the other side no longer takes it. */
  RawHttp2 send(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame =
        Unpooled.buffer()
            .writeMedium(payload.length)
            .writeByte(type)
            .writeByte(flags)
            .writeInt(stream)
            .writeBytes(payload);
    try {
      out.write(bytes(frame));
      out.flush();
    } catch (SocketException closed) {
      // What it said before may still be there to be read.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Sends names and values as a header section, or as trailers, in one frame. */
  RawHttp2 headers(int stream, boolean last, String... namesAndValues) {
    ByteBuf block = Unpooled.buffer();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      // Literal without indexing, with a new name (RFC 7541, section 6.2.2).
      block.writeByte(0);
      literal(block, namesAndValues[i]);
      literal(block, namesAndValues[i + 1]);
    }
    return send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, bytes(block));
  }

  private static void literal(ByteBuf block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length > 126) {
      throw new IllegalArgumentException("longer than this client can say: " + text);
    }
    block.writeByte(bytes.length).writeBytes(bytes);
  }

  /** A GET without a body. */
  RawHttp2 get(int stream, String path) {
    return headers(
        stream,
        true,
        ":method",
        "GET",
        ":scheme",
        "https",
        ":authority",
        "localhost:" + socket.getPort(),
        ":path",
        path);
  }

  RawHttp2 data(int stream, boolean last, String text) {
    return send(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Lets the other side send so many bytes more on a stream, or on all for 0. */
  RawHttp2 openWindow(int stream, int bytes) {
    return send(WINDOW_UPDATE, 0, stream, bytes(Unpooled.buffer().writeInt(bytes)));
  }

  /** The next frame; acknowledges what must be acknowledged. */
  Frame next() {
    try {
      int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      byte[] payload = in.readNBytes(length);
      if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
        send(type, ACK, 0, type == PING ? payload : new byte[0]);
      }
      return new Frame(type, flags, stream, content(type, flags, payload));
    } catch (EOFException | SocketException end) {
      return new Frame(END, 0, 0, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] content(int type, int flags, byte[] payload) {
    if (type != DATA && type != HEADERS) {
      return payload;
    }
    int from = 0;
    int to = payload.length;
    if ((flags & PADDED) != 0) {
      from += 1;
      to -= payload[0] & 0xff;
    }
    if (type == HEADERS && (flags & PRIORITY) != 0) {
      from += 5;
    }
    return Arrays.copyOfRange(payload, from, to);
  }

  /** The next frame of a stream, or one that ends the connection. */
  Frame next(int stream) {
    while (true) {
      Frame frame = next();
      boolean ofTheStream = frame.stream() == stream && frame.type() != WINDOW_UPDATE;
      if (ofTheStream || frame.type() == GOAWAY || frame.type() == END) {
        return frame;
      }
      if (frame.type() == HEADERS) {
        // The other side's table must be followed whatever the stream.
        decode(frame);
      }
    }
  }

  /** The header section of a frame, pseudo-headers included. */
  Map<String, String> decode(Frame frame) {
    if (frame.type() != HEADERS || (frame.flags() & END_HEADERS) == 0) {
      throw new AssertionError("no header section: " + frame);
    }
    try {
      Map<String, String> headers = new TreeMap<>();
      decoder
          .decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()))
          .forEach(header -> headers.put(header.getKey().toString(), header.getValue().toString()));
      return headers;
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * An answer to its end.
   *
   * @param headers its header section
   * @param body what came in DATA
   * @param end the frame after which nothing more comes
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
  record Answer(Map<String, String> headers, byte[] body, Frame end) {

    /** The status; 0 when there was no answer. */
    int status() {
      return Integer.parseInt(headers.getOrDefault(":status", "0"));
    }
  }

  /**
   * Reads an answer. Whenever the stream's window is used up it is opened by the next of the steps,
   * the last of them again and again; never before.
   */
  Answer read(int stream, int... steps) {
    Map<String, String> headers = new TreeMap<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int window = initialWindow;
    int step = 0;
    while (true) {
      if (body.size() >= window) {
        int more = steps[Math.min(step++, steps.length - 1)];
        window += more;
        openWindow(0, more);
        openWindow(stream, more);
      }
      Frame frame = next(stream);
      if (frame.type() == HEADERS) {
        headers.putAll(decode(frame));
      } else if (frame.type() == DATA) {
        body.writeBytes(frame.payload());
      }
      if (frame.endsStream() || frame.breaksOff()) {
        return new Answer(headers, body.toByteArray(), frame);
      }
    }
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
