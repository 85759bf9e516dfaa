package dev.signalbox.httpprobe.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDecoderTest {

  static {
    NativeCodings.load();
  }

  @Property(tries = 200)
  void brotli_reads_what_was_written_however_it_is_cut(
      @ForAll byte[] content, @ForAll @IntRange(min = 1, max = 40) int slice) throws IOException {
    assertThat(decode("br", Encoder.compress(content), slice)).isEqualTo(content);
  }

  @Property(tries = 200)
  void zstd_reads_what_was_written_however_it_is_cut(
      @ForAll byte[] content, @ForAll @IntRange(min = 1, max = 40) int slice) {
    assertThat(decode("zstd", Zstd.compress(content), slice)).isEqualTo(content);
  }

  @Property(tries = 100)
  void codings_are_undone_in_the_opposite_order(
      @ForAll byte[] content, @ForAll @IntRange(min = 1, max = 40) int slice) throws IOException {
    byte[] coded = Encoder.compress(HttpAnswer.gzip(content));
    assertThat(decode("gzip ,br", coded, slice)).isEqualTo(content);
    assertThat(decode("X-GZIP,,identity, BR,", coded, slice)).isEqualTo(content);
  }

  @Test
  void codings_below_an_unknown_one_are_left_alone() {
    byte[] coded = Zstd.compress(new byte[] {1, 2});
    assertThat(decode("gzip, sdch, zstd", coded, 3)).containsExactly(1, 2);
  }

  @Test
  void more_than_two_codings_are_refused() {
    assertThatThrownBy(() -> ContentDecoder.of("gzip, br, gzip"))
        .isInstanceOf(ProbeException.class)
        .hasMessage("the body has more than 2 content codings; no more are undone");
    assertThatThrownBy(() -> ContentDecoder.of("gzip,".repeat(10_000)))
        .isInstanceOf(ProbeException.class);
  }

  @Test
  void all_codings_are_asked_for_where_the_native_ones_can_be_loaded() {
    assertThat(ContentDecoder.accepted()).isEqualTo("gzip, deflate, br, zstd");
  }

  @Test
  void large_bodies_come_out_whole() throws IOException {
    byte[] content = new byte[3_000_000];
    new Random(7).nextBytes(content);
    Arrays.fill(content, 1_000_000, 2_000_000, (byte) 'x');
    assertThat(decode("br", Encoder.compress(content), 16_384)).isEqualTo(content);
    assertThat(decode("zstd", Zstd.compress(content), 16_384)).isEqualTo(content);
  }

  @Test
  void zstd_frames_are_joined() {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(Zstd.compress(new byte[] {1}));
    two.writeBytes(Zstd.compress(new byte[] {2}));
    assertThat(decode("zstd", two.toByteArray(), 5)).containsExactly(1, 2);
    assertThat(decode("zstd", two.toByteArray(), 500)).containsExactly(1, 2);
  }

  @Test
  void zstd_windows_larger_than_http_allows_are_refused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(out).setLong(27)) {
      zstd.write(new byte[10_000_000]);
    }
    assertThatThrownBy(() -> decode("zstd", out.toByteArray(), 1_000))
        .isInstanceOf(ProbeException.class)
        .hasMessageContaining("memory");
  }

  @Test
  void bombs_are_given_up_at_the_first_piece_too_many() throws IOException {
    byte[] zeros = new byte[50_000_000];
    for (var bomb :
        Map.of(
                "br", Encoder.compress(zeros),
                "zstd", Zstd.compress(zeros),
                "gzip, zstd", Zstd.compress(HttpAnswer.gzip(zeros)))
            .entrySet()) {
      ContentDecoder decoder = ContentDecoder.of(bomb.getKey());
      long[] seen = {0};
      boolean more = true;
      for (int i = 0; more && i < bomb.getValue().length; i += 1_000) {
        more =
            decoder.decode(
                Arrays.copyOfRange(bomb.getValue(), i, Math.min(i + 1_000, bomb.getValue().length)),
                (piece, length) -> {
                  seen[0] += length;
                  return seen[0] < 100_000;
                });
      }
      assertThat(more).as(bomb.getKey()).isFalse();
      assertThat(seen[0]).isBetween(100_000L, 120_000L);
      assertThat(decoder.held()).isBetween(20_000L, 400_000L);
      decoder.close();
      assertThat(ContentDecoder.of(bomb.getKey()).held()).isLessThan(100_000);
    }
  }

  @Property(tries = 300)
  void gzip_reads_what_was_written_however_it_is_cut(
      @ForAll byte[] content, @ForAll @IntRange(min = 1, max = 40) int slice) {
    assertThat(decode("gzip", HttpAnswer.gzip(content), slice)).isEqualTo(content);
  }

  @Property(tries = 300)
  void deflate_reads_both_forms_however_they_are_cut(
      @ForAll byte[] content, @ForAll @IntRange(min = 1, max = 40) int slice) {
    assertThat(decode("deflate", deflate(content, false), slice)).isEqualTo(content);
    assertThat(decode("deflate", deflate(content, true), slice)).isEqualTo(content);
  }

  @Property(tries = 300)
  void bytes_of_any_kind_are_decoded_or_refused(@ForAll byte[] bytes) {
    for (String encoding : new String[] {"gzip", "deflate", "br", "zstd", "gzip, br", "br, zstd"}) {
      try {
        decode(encoding, bytes, 7);
      } catch (ProbeException refused) {
        assertThat(refused.error().code()).isEqualTo("PROTOCOL");
      }
    }
  }

  @Property(tries = 100)
  void a_damaged_gzip_never_passes_for_another(@ForAll @IntRange(min = 10, max = 60) int position) {
    byte[] good = "the quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.UTF_8);
    byte[] bad = HttpAnswer.gzip(good);
    bad[position % bad.length] ^= 0x55;
    try {
      assertThat(decode("gzip", bad, 1_000)).isEqualTo(good);
    } catch (ProbeException refused) {
      assertThat(refused.error().code()).isEqualTo("PROTOCOL");
    }
  }

  @Test
  void gzip_members_are_joined() {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(HttpAnswer.gzip("ab".getBytes(StandardCharsets.UTF_8)));
    two.writeBytes(HttpAnswer.gzip("cd".getBytes(StandardCharsets.UTF_8)));
    assertThat(decode("x-gzip", two.toByteArray(), 5)).asString().isEqualTo("abcd");
  }

  @Test
  void gzip_headers_with_every_field_are_read() {
    byte[] plain = HttpAnswer.gzip("ab".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream full = new ByteArrayOutputStream();
    full.write(plain, 0, 3);
    full.write(2 | 4 | 8 | 16);
    full.write(plain, 4, 6);
    full.writeBytes(new byte[] {3, 0, 9, 9, 9, 'n', 0, 'c', 'c', 0, 1, 2});
    full.write(plain, 10, plain.length - 10);
    assertThat(decode("gzip", full.toByteArray(), 1)).asString().isEqualTo("ab");
  }

  @Test
  void streams_that_end_early_are_refused() throws IOException {
    byte[] gzip = HttpAnswer.gzip("hello".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < gzip.length; length++) {
      byte[] part = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> decode("gzip", part, 3)).isInstanceOf(ProbeException.class);
    }
    byte[] zstd = Zstd.compress("hello".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < zstd.length; length++) {
      byte[] part = Arrays.copyOf(zstd, length);
      assertThatThrownBy(() -> decode("zstd", part, 3)).isInstanceOf(ProbeException.class);
    }
    byte[] br = Encoder.compress("hello hello hello".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < br.length; length++) {
      byte[] part = Arrays.copyOf(br, length);
      assertThatThrownBy(() -> decode("br", part, 3)).isInstanceOf(ProbeException.class);
    }
    byte[] deflate = deflate("hello".getBytes(StandardCharsets.UTF_8), false);
    for (int length = 1; length < deflate.length; length++) {
      byte[] part = Arrays.copyOf(deflate, length);
      assertThatThrownBy(() -> decode("deflate", part, 3)).isInstanceOf(ProbeException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100_000})
  void gzip_padded_with_zeros_is_whole(int slice) {
    byte[] gzip = HttpAnswer.gzip("hello".getBytes(StandardCharsets.UTF_8));

    assertThat(decode("gzip", Arrays.copyOf(gzip, 4_096), slice)).asString().isEqualTo("hello");
    assertThat(decode("gzip", Arrays.copyOf(gzip, gzip.length + 1), slice))
        .asString()
        .isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100_000})
  void zeros_alone_are_no_gzip(int slice) {
    assertThatThrownBy(() -> decode("gzip", new byte[10], slice))
        .isInstanceOf(ProbeException.class);
  }

  static Stream<Arguments> followedByJunk() throws IOException {
    byte[] content = "hello hello hello".getBytes(StandardCharsets.UTF_8);
    byte[] gzip = HttpAnswer.gzip(content);
    List<byte[]> junk =
        List.of(new byte[] {'x'}, "junk that is long".getBytes(StandardCharsets.UTF_8));
    List<Arguments> all = new ArrayList<>();
    for (int slice : new int[] {1, 3, 100_000}) {
      for (byte[] one : junk) {
        all.add(Arguments.of("gzip", joined(gzip, one), slice));
        all.add(Arguments.of("gzip", joined(Arrays.copyOf(gzip, gzip.length + 9), one), slice));
        all.add(Arguments.of("gzip", joined(joined(gzip, gzip), one), slice));
        all.add(Arguments.of("deflate", joined(deflate(content, false), one), slice));
        all.add(Arguments.of("deflate", joined(deflate(content, true), one), slice));
        all.add(Arguments.of("br", joined(Encoder.compress(content), one), slice));
        all.add(Arguments.of("zstd", joined(Zstd.compress(content), one), slice));
        all.add(
            Arguments.of(
                "deflate, gzip", HttpAnswer.gzip(joined(deflate(content, false), one)), slice));
      }
      all.add(Arguments.of("deflate", joined(deflate(content, false), new byte[1]), slice));
      all.add(Arguments.of("br", joined(Encoder.compress(content), new byte[1]), slice));
      all.add(Arguments.of("zstd", joined(Zstd.compress(content), new byte[5]), slice));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("followedByJunk")
  void what_follows_the_end_of_a_stream_breaks_it(String coding, byte[] bytes, int slice) {
    assertThatThrownBy(() -> decode(coding, bytes, slice))
        .isInstanceOfSatisfying(
            ProbeException.class,
            broken -> assertThat(broken.error().code()).isEqualTo("PROTOCOL"));
  }

  @Test
  void unknown_encodings_are_left_alone() {
    assertThat(decode("sdch", new byte[] {1, 2}, 1)).containsExactly(1, 2);
  }

  private static byte[] decode(String encoding, byte[] bytes, int slice) {
    ContentDecoder decoder = ContentDecoder.of(encoding);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      for (int i = 0; i < bytes.length; i += slice) {
        decoder.decode(
            Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + slice)),
            (piece, length) -> {
              out.write(piece, 0, length);
              return true;
            });
      }
      decoder.finish();
      return out.toByteArray();
    } finally {
      decoder.close();
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static byte[] deflate(byte[] content, boolean raw) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
    deflater.setInput(content);
    deflater.finish();
    byte[] buffer = new byte[content.length * 2 + 100];
    int length = deflater.deflate(buffer);
    deflater.end();
    return Arrays.copyOf(buffer, length);
  }
}
