package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnvelopeCodecTest {

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  record Piece(String name, Binary first, long number, Binary second) {}

  sealed interface Shape {
    record Circle(double radius) implements Shape {}

    record Square(double side, @Nullable String label) implements Shape {}
  }

  private final EnvelopeCodec codec = new EnvelopeCodec();

  @Property(tries = 200)
  void aMessageWithBinaryPartsArrivesAsItWasSent(
      @ForAll String name,
      @ForAll @Size(max = 300) byte[] first,
      @ForAll long number,
      @ForAll @Size(max = 300) byte[] second) {
    Piece piece = new Piece(name, new Binary(first), number, new Binary(second));

    Piece arrived = EnvelopeCodec.open(overTheWire(Piece.class, piece), Piece.class);

    assertThat(arrived.first()).isEqualTo(piece.first());
    assertThat(arrived.second()).isEqualTo(piece.second());
    assertThat(arrived.number()).isEqualTo(number);
    assertThat(arrived.name()).isEqualTo(wellFormed(name));
  }

  /** Lone surrogates have no UTF-8 form. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Test
  void aSealedMessageArrivesAsTheRecordItWas() {
    Shape sent = new Shape.Square(2.5, null);

    assertThat(EnvelopeCodec.open(overTheWire(Shape.class, sent), Shape.class)).isEqualTo(sent);
  }

  @Test
  void aTaskResultThatIsARecordArrivesAsAMap() {
    TaskReply sent = TaskReply.Finished.of(new Shape.Square(1, "x"));

    TaskReply arrived = EnvelopeCodec.open(overTheWire(TaskReply.class, sent), TaskReply.class);

    assertThat(arrived)
        .isInstanceOfSatisfying(
            TaskReply.Finished.class,
            finished -> assertThat(finished.result()).isEqualTo(Map.of("side", 1.0, "label", "x")));
  }

  @Test
  void parametersKeepTheirJsonTypes() {
    TaskRequest sent =
        new TaskRequest("t", Map.of("n", 1, "big", 1L << 40, "d", 0.5, "l", List.of(true, "x")));

    assertThat(EnvelopeCodec.open(overTheWire(TaskRequest.class, sent), TaskRequest.class))
        .isEqualTo(sent);
  }

  @Test
  void aFaultArrivesWithCodeMessageAndProblems() {
    Buffer wire = Buffer.buffer();
    codec.encodeToWire(
        wire,
        new Envelope.Fault(
            new ServiceException(
                ErrorCode.CONFLICT, "taken", List.of(new FieldProblem("/port", "taken")))));

    assertThatThrownBy(() -> EnvelopeCodec.open(codec.decodeFromWire(0, wire), Shape.class))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
              assertThat(e.problems()).containsExactly(new FieldProblem("/port", "taken"));
            });
  }

  @Test
  void aNewerVersionsUnknownFieldIsIgnored() {
    record Newer(double radius, String colour) {}
    record Older(double radius) {}

    assertThat(EnvelopeCodec.open(overTheWire(Newer.class, new Newer(2, "red")), Older.class))
        .isEqualTo(new Older(2));
  }

  @Test
  void anotherFormatVersionIsAFaultThatSaysSo() {
    Buffer wire = Buffer.buffer().appendByte((byte) 9);

    assertThatThrownBy(() -> EnvelopeCodec.open(codec.decodeFromWire(0, wire), Shape.class))
        .hasMessageContaining("bus format version 9");
  }

  @Test
  void givenATraceState_whenSent_thenItArrives() {
    Buffer wire = sent(TraceContext.received(TRACE, List.of("a=1", "b=2")));

    assertThat(codec.decodeFromWire(0, wire))
        .isInstanceOfSatisfying(
            Envelope.Remote.class,
            remote -> assertThat(remote.call().trace().state()).isEqualTo("a=1,b=2"));
  }

  @Test
  void givenNoTraceState_whenSent_thenTheFrameIsThatOfBefore() {
    Buffer without = sent(TraceContext.received(TRACE, List.of()));
    Buffer with = sent(TraceContext.received(TRACE, List.of("a=1")));

    // Behind everything else, where a reader from before does not look.
    assertThat(with.length() - without.length()).isEqualTo(Short.BYTES + "a=1".length());
    assertThat(with.getBytes(10, without.length()))
        .isEqualTo(without.getBytes(10, without.length()));
    assertThat(codec.decodeFromWire(0, without))
        .isInstanceOfSatisfying(
            Envelope.Remote.class, remote -> assertThat(remote.call().trace().state()).isEmpty());
  }

  private Buffer sent(@Nullable TraceContext trace) {
    Buffer wire = Buffer.buffer();
    Call call = Call.of("r-1", Duration.ofSeconds(5)).traced(trace);
    codec.encodeToWire(wire, new Envelope.Local(call, Shape.class, new Shape.Circle(1)));
    return wire;
  }

  private <T> Envelope overTheWire(Class<T> type, T message) {
    Buffer wire = Buffer.buffer("head");
    Call call =
        Call.of("r-1", Duration.ofSeconds(5)).traced(TraceContext.received(TRACE, List.of()));
    codec.encodeToWire(wire, new Envelope.Local(call, type, message));
    Envelope arrived = codec.decodeFromWire(4, wire);
    assertThat(arrived)
        .isInstanceOfSatisfying(
            Envelope.Remote.class,
            remote -> {
              assertThat(remote.call().requestId()).isEqualTo("r-1");
              assertThat(remote.call().trace().parent()).isEqualTo(TRACE);
            });
    return arrived;
  }
}
