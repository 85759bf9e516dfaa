package dev.signalbox.httpprobe.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ContentDecoderTest {

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
    for (String encoding : new String[] {"gzip", "deflate"}) {
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
  void streams_that_end_early_are_refused() {
    byte[] gzip = HttpAnswer.gzip("hello".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < gzip.length; length++) {
      byte[] part = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> decode("gzip", part, 3)).isInstanceOf(ProbeException.class);
    }
    byte[] deflate = deflate("hello".getBytes(StandardCharsets.UTF_8), false);
    for (int length = 1; length < deflate.length; length++) {
      byte[] part = Arrays.copyOf(deflate, length);
      assertThatThrownBy(() -> decode("deflate", part, 3)).isInstanceOf(ProbeException.class);
    }
  }

  @Test
  void unknown_encodings_are_left_alone() {
    assertThat(decode("br", new byte[] {1, 2}, 1)).containsExactly(1, 2);
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
