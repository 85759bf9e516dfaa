package dev.signalbox.platform.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.BinaryParts;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wire format. Within a process nothing is encoded; between processes a frame is: version (1
 * byte), kind (1 byte), time left in milliseconds (8), request id, trace parent and cancellation id
 * (2-byte length each, UTF-8), JSON (4-byte length, UTF-8), binary parts (4-byte length), and, if
 * there is one, the trace state (2-byte length, UTF-8), which older readers do not look for. Time
 * left rather than a point in time, because clocks differ between machines.
 */
final class EnvelopeCodec implements MessageCodec<Envelope, Envelope> {

  static final String NAME = "signalbox";

  private static final byte VERSION = 1;
  private static final byte MESSAGE = 0;
  private static final byte FAULT = 1;
  private static final byte[] NONE = new byte[0];

  /** A fault on the wire; the code by name, so that an older reader can still tell its message. */
  record FaultFrame(String code, String message, List<FieldProblem> problems) {}

  @Override
  public void encodeToWire(Buffer out, Envelope envelope) {
    switch (envelope) {
      case Envelope.Local local -> encodeMessage(out, local);
      case Envelope.Remote remote ->
          append(out, MESSAGE, remote.call(), remote.json(), remote.binary());
      case Envelope.Fault(ServiceException e) ->
          append(
              out,
              FAULT,
              null,
              Json.bytes(
                  new FaultFrame(e.code().name(), String.valueOf(e.getMessage()), e.problems())),
              NONE);
    }
  }

  private static void encodeMessage(Buffer out, Envelope.Local local) {
    Parts parts = parts(local);
    appendHead(out, MESSAGE, local.call());
    out.appendInt(parts.json.length).appendBytes(parts.json);
    out.appendInt(parts.binaryLength());
    parts.binary.forEach(out::appendBytes);
    appendState(out, local.call());
  }

  /**
   * A message as it will be on the wire.
   *
   * @throws IllegalStateException when it cannot be encoded
   */
  static Envelope.Remote encoded(Envelope.Local local) {
    Parts parts = parts(local);
    if (parts.binary.size() == 1) {
      return new Envelope.Remote(local.call(), parts.json, parts.binary.getFirst());
    }
    ByteBuffer binary = ByteBuffer.allocate(parts.binaryLength());
    parts.binary.forEach(binary::put);
    return new Envelope.Remote(local.call(), parts.json, binary.array());
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared, only written.
  private record Parts(byte[] json, List<byte[]> binary) {
    int binaryLength() {
      return binary.stream().mapToInt(part -> part.length).sum();
    }
  }

  private static Parts parts(Envelope.Local local) {
    BinaryParts parts = BinaryParts.collecting();
    try {
      byte[] json =
          Json.writer(local.type())
              .withAttribute(BinaryParts.ATTRIBUTE, parts)
              .writeValueAsBytes(local.message());
      return new Parts(json, parts.written());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("message cannot be encoded: " + local.type().getName(), e);
    }
  }

  private static void append(
      Buffer out, byte kind, @Nullable Call call, byte[] json, byte[] binary) {
    appendHead(out, kind, call);
    out.appendInt(json.length).appendBytes(json).appendInt(binary.length).appendBytes(binary);
    appendState(out, call);
  }

  private static void appendHead(Buffer out, byte kind, @Nullable Call call) {
    out.appendByte(VERSION).appendByte(kind);
    out.appendLong(call == null ? 0 : call.remainingMillis());
    appendText(out, call == null ? "" : call.requestId());
    appendText(out, call == null || call.trace() == null ? "" : call.trace().parent());
    appendText(out, call == null ? "" : call.cancellation().id());
  }

  private static void appendState(Buffer out, @Nullable Call call) {
    String state = call == null || call.trace() == null ? "" : call.trace().state();
    if (!state.isEmpty()) {
      appendText(out, state);
    }
  }

  private static void appendText(Buffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.appendUnsignedShort(bytes.length).appendBytes(bytes);
  }

  @Override
  public Envelope decodeFromWire(int position, Buffer in) {
    Cursor cursor = new Cursor(in, position);
    byte version = cursor.readByte();
    if (version != VERSION) {
      return new Envelope.Fault(
          new ServiceException(
              ErrorCode.INTERNAL,
              "unsupported bus format version " + version + ", expected " + VERSION));
    }
    byte kind = cursor.readByte();
    Duration left = Duration.ofMillis(cursor.readLong());
    String requestId = new String(cursor.readBytes(cursor.readShort()), StandardCharsets.UTF_8);
    String trace = new String(cursor.readBytes(cursor.readShort()), StandardCharsets.UTF_8);
    String cancellationId =
        new String(cursor.readBytes(cursor.readShort()), StandardCharsets.UTF_8);
    byte[] json = cursor.readBytes(cursor.readInt());
    byte[] binary = cursor.readBytes(cursor.readInt());
    if (kind == FAULT) {
      return new Envelope.Fault(fault(json));
    }
    String state =
        cursor.atEnd()
            ? ""
            : new String(cursor.readBytes(cursor.readShort()), StandardCharsets.UTF_8);
    Call call =
        new Call(
            requestId,
            System.nanoTime() + left.toNanos(),
            TraceContext.received(trace, state),
            new Cancellation(cancellationId));
    return new Envelope.Remote(call, json, binary);
  }

  private static ServiceException fault(byte[] json) {
    try {
      FaultFrame frame = Json.read(json, FaultFrame.class);
      for (ErrorCode code : ErrorCode.values()) {
        if (code.name().equals(frame.code())) {
          return new ServiceException(code, frame.message(), frame.problems());
        }
      }
      return new ServiceException(ErrorCode.INTERNAL, frame.code() + ": " + frame.message());
    } catch (IOException e) {
      return new ServiceException(ErrorCode.INTERNAL, "fault could not be decoded", e);
    }
  }

  /** Decodes a message as a type, whichever way it came. */
  static <T> T open(Envelope envelope, Class<T> type) {
    return switch (envelope) {
      case Envelope.Local local -> type.cast(local.message());
      case Envelope.Remote remote -> {
        try {
          yield Json.reader(type)
              .withAttribute(BinaryParts.ATTRIBUTE, BinaryParts.of(remote.binary()))
              .readValue(remote.json());
        } catch (IOException e) {
          throw new ServiceException(
              ErrorCode.INTERNAL, "message does not fit " + type.getSimpleName(), e);
        }
      }
      case Envelope.Fault(ServiceException e) -> throw e;
    };
  }

  @Override
  public Envelope transform(Envelope envelope) {
    return envelope;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  private static final class Cursor {
    private final Buffer in;
    private int position;

    Cursor(Buffer in, int position) {
      this.in = in;
      this.position = position;
    }

    boolean atEnd() {
      return position >= in.length();
    }

    byte readByte() {
      return in.getByte(position++);
    }

    int readShort() {
      int value = in.getUnsignedShort(position);
      position += Short.BYTES;
      return value;
    }

    int readInt() {
      int value = in.getInt(position);
      position += Integer.BYTES;
      return value;
    }

    long readLong() {
      long value = in.getLong(position);
      position += Long.BYTES;
      return value;
    }

    byte[] readBytes(int length) {
      byte[] bytes = in.getBytes(position, position + length);
      position += length;
      return bytes;
    }
  }
}
