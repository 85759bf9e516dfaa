package dev.signalbox.httpprobe.body;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.testsupport.HttpAnswer;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes in and out between codings is bounded, whatever comes out in the end. */
class BoundedDecoderTest {

  private static final List<String> CODINGS = List.of("gzip", "deflate", "br", "zstd");
  private static final int HUGE = 1 << 23;
  private static final int LIMIT = 1_000;
  private static final int SLICE = 16_384;
  private static final byte[] ZEROS = new byte[HUGE];

  static {
    NativeCodings.load();
  }

  /** Much from which nothing comes out. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Hollow(String coding, String name, byte[] bytes) {}

  private static List<Hollow> hollow() {
    byte[] gzip = HttpAnswer.gzip("hello".getBytes(UTF_8));
    byte[] skipped = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    return List.of(
        new Hollow("gzip", "padding", Arrays.copyOf(gzip, HUGE)),
        new Hollow("gzip", "empty members", repeated(gzip, HttpAnswer.gzip(new byte[0]))),
        new Hollow("gzip", "endless name", repeated(header(8), "name".getBytes(UTF_8))),
        new Hollow("gzip", "endless comment", repeated(header(16), "text".getBytes(UTF_8))),
        new Hollow("gzip", "empty blocks", repeated(header(0), stored())),
        new Hollow("deflate", "empty blocks", repeated(new byte[0], stored())),
        new Hollow("br", "empty metadata", repeated(new byte[] {0x0c}, new byte[] {0x06})),
        new Hollow("zstd", "skippable frames", repeated(Zstd.compress(gzip), skipped)),
        new Hollow("zstd", "long skippable frame", longSkippable()),
        new Hollow("zstd", "empty frames", repeated(new byte[0], Zstd.compress(new byte[0]))));
  }

  static Stream<Arguments> hollowBodies() {
    List<Arguments> all = new ArrayList<>();
    for (Hollow one : hollow()) {
      all.add(Arguments.of(one.coding, one.name, one.bytes));
      for (String outer : CODINGS) {
        all.add(Arguments.of(one.coding + ", " + outer, one.name, encoded(outer, one.bytes)));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("hollowBodies")
  void givenABodyWithNextToNothingInIt_whenDecoded_thenItIsTooLargeWithinTheBound(
      String codings, String name, byte[] body) {
    DecoderChain chain = (DecoderChain) ContentDecoder.of(codings);

    assertThatThrownBy(() -> feed(chain, body))
        .isInstanceOfSatisfying(
            ProbeException.class,
            refused -> assertThat(refused.error().code()).isEqualTo("BODY_TOO_LARGE"))
        .hasMessageContaining("the compressed body is too long for what it has in it")
        .hasMessageContaining("at most 2 times that and 262144 are read");

    assertThat(chain.decoders().getLast().given()).isLessThan(100);
    assertThat(chain.decoders().getLast().taken())
        .isBetween(BoundedDecoder.SLACK - 10_000L, BoundedDecoder.SLACK + 100L);
    assertBounded(chain);
  }

  static Stream<Arguments> bombs() {
    List<Arguments> all = new ArrayList<>();
    for (String inner : CODINGS) {
      all.add(Arguments.of(inner, encoded(inner, ZEROS)));
      for (String outer : CODINGS) {
        all.add(Arguments.of(inner + ", " + outer, encoded(outer, encoded(inner, ZEROS))));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void givenABomb_whenTheReaderWantsNoMore_thenEveryCodingHasStopped(String codings, byte[] body) {
    DecoderChain chain = (DecoderChain) ContentDecoder.of(codings);

    assertThat(feed(chain, body)).isFalse();

    assertThat(chain.decoders().getLast().given())
        .isBetween((long) LIMIT, (long) LIMIT + Inflation.PIECE);
    assertBounded(chain);
  }

  @Test
  void givenAProbeThatCutsBodies_whenTheBodyIsHollow_thenItIsTooLargeAllTheSame() {
    MemoryBudget budget = new MemoryBudget(1L << 24);
    BodyReader reader =
        new BodyReader(new BodyRules(LIMIT, true, true), true, budget, "gzip, gzip");
    byte[] body = HttpAnswer.gzip(Arrays.copyOf(HttpAnswer.gzip(new byte[10]), HUGE));

    assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(body)))
        .isInstanceOfSatisfying(
            ProbeException.class,
            refused -> assertThat(refused.error().code()).isEqualTo("BODY_TOO_LARGE"));
    reader.release();
    assertThat(budget.held()).isZero();
  }

  static Stream<Arguments> honest() throws IOException {
    byte[] random = new byte[HUGE];
    new Random(7).nextBytes(random);
    byte[] text = "{\"name\":\"value\"},".repeat(HUGE / 17).getBytes(UTF_8);
    List<Arguments> all = new ArrayList<>();
    for (byte[] content : List.of(ZEROS, random, text)) {
      for (String inner : CODINGS) {
        all.add(Arguments.of(inner, encoded(inner, content), content));
        all.add(Arguments.of(inner + ", gzip", encoded("gzip", encoded(inner, content)), content));
      }
    }
    for (int length : new int[] {1 << 22, 3 << 21, HUGE - 1, HUGE}) {
      byte[] zeros = new byte[length];
      all.add(Arguments.of("br", Encoder.compress(zeros), zeros));
    }
    byte[] hello = HttpAnswer.gzip("hello".getBytes(UTF_8));
    all.add(Arguments.of("gzip", Arrays.copyOf(hello, 100_000), "hello".getBytes(UTF_8)));
    byte[] lines = "a line of some twenty".repeat(50_000).getBytes(UTF_8);
    all.add(Arguments.of("gzip", flushedEvery(21, lines), lines));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("honest")
  void givenAnHonestBodyWithinTheLimit_whenDecoded_thenItComesOutWhole(
      String codings, byte[] body, byte[] content) {
    MemoryBudget budget = new MemoryBudget(1L << 26);
    BodyReader reader = new BodyReader(new BodyRules(HUGE, false, true), true, budget, codings);

    for (int from = 0; from < body.length; from += SLICE) {
      reader.read(Unpooled.wrappedBuffer(body, from, Math.min(SLICE, body.length - from)));
    }

    assertThat(reader.finish().kept()).isEqualTo(content);
    reader.release();
  }

  /** Nothing that was taken in or given out is more than the limit and the slack allow. */
  private static void assertBounded(DecoderChain chain) {
    long most = LIMIT + Inflation.PIECE;
    for (BoundedDecoder decoder : chain.decoders().reversed()) {
      assertThat(decoder.given()).isLessThanOrEqualTo(most);
      most = BoundedDecoder.SLACK + BoundedDecoder.RATIO * decoder.given();
      assertThat(decoder.taken()).isLessThanOrEqualTo(most);
      most += Inflation.PIECE;
    }
    chain.close();
  }

  private static boolean feed(DecoderChain chain, byte[] body) {
    long[] seen = {0};
    for (int from = 0; from < body.length; from += SLICE) {
      byte[] slice = Arrays.copyOfRange(body, from, Math.min(from + SLICE, body.length));
      boolean more =
          chain.decode(
              slice,
              (piece, length) -> {
                seen[0] += length;
                return seen[0] < LIMIT;
              });
      if (!more) {
        return false;
      }
    }
    return true;
  }

  private static byte[] header(int flags) {
    return new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 0, 0, 0, 0, 0, 0};
  }

  /** A stored block of deflate without a byte (RFC 1951, 3.2.4), not the last. */
  private static byte[] stored() {
    return new byte[] {0, 0, 0, (byte) 0xff, (byte) 0xff};
  }

  private static byte[] longSkippable() {
    byte[] frame = new byte[HUGE];
    System.arraycopy(new byte[] {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0x10}, 0, frame, 0, 8);
    return frame;
  }

  private static byte[] repeated(byte[] first, byte[] then) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(HUGE + then.length);
    out.writeBytes(first);
    while (out.size() < HUGE) {
      out.writeBytes(then);
    }
    return out.toByteArray();
  }

  private static byte[] flushedEvery(int length, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out, true)) {
      for (int from = 0; from < content.length; from += length) {
        gzip.write(content, from, length);
        gzip.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] encoded(String coding, byte[] content) {
    try {
      return switch (coding) {
        case "gzip" -> HttpAnswer.gzip(content);
        case "zstd" -> Zstd.compress(content);
        case "br" -> Encoder.compress(content, new Encoder.Parameters().setQuality(1));
        case "deflate" -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try (DeflaterOutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(content);
          }
          yield out.toByteArray();
        }
        default -> throw new IllegalArgumentException(coding);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
