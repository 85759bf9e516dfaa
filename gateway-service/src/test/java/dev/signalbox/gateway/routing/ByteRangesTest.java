package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.ByteRanges.Pieces;
import dev.signalbox.gateway.routing.ByteRanges.Unsatisfiable;
import dev.signalbox.gateway.routing.ByteRanges.Whole;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangesTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,0,0",
    "bytes=0-99,0,99",
    "bytes=10-,10,99",
    "bytes=10-500,10,99",
    "bytes=-1,99,99",
    "bytes=-100,0,99",
    "bytes=-1000,0,99",
    "BYTES=5-6,5,6",
    "bytes= 5-6 ,5,6",
    "bytes=99-99999999999999999999999,99,99",
    "bytes=-99999999999999999999999,0,99",
    "bytes=000000000000000000000000005-6,5,6"
  })
  void givenOneRange_whenParsed_thenItIsThatPiece(String header, long first, long last) {
    assertThat(ByteRanges.parse(header, 100))
        .isEqualTo(new Pieces(List.of(new Piece(first, last))));
  }

  @Test
  void givenSeveral_whenParsed_thenThePiecesKeepTheirOrderWithoutThoseBeyond() {
    assertThat(ByteRanges.parse("bytes=90-95, 0-4 ,200-300,,-2", 100))
        .isEqualTo(new Pieces(List.of(new Piece(90, 95), new Piece(0, 4), new Piece(98, 99))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=100-",
        "bytes=100-200",
        "bytes=-0",
        "bytes=",
        "bytes=,",
        "bytes=a-b",
        "bytes=5",
        "bytes=-",
        "bytes=6-5",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=0x1-2",
        "bytes=0-1,x",
        "bytes=99999999999999999999999-",
        "bytes=+1-2",
        "bytes=1 0-20"
      })
  void givenNothingThatCanBeSent_whenParsed_thenItIsUnsatisfiable(String header) {
    assertThat(ByteRanges.parse(header, 100)).isEqualTo(new Unsatisfiable());
  }

  @ParameterizedTest
  @ValueSource(strings = {"items=0-5", "", "nonsense", "=0-5"})
  void givenAnotherUnit_whenParsed_thenTheWholeIsSent(String header) {
    assertThat(ByteRanges.parse(header, 100)).isEqualTo(new Whole());
  }

  @Test
  void givenMoreThanIsWorthIt_whenParsed_thenTheWholeIsSent() {
    assertThat(ByteRanges.parse("bytes=" + "0-0,".repeat(65), 100)).isEqualTo(new Whole());
    assertThat(ByteRanges.parse("bytes=0-,0-,0-", 100)).isEqualTo(new Whole());
    assertThat(ByteRanges.parse("bytes=0-59,40-99", 100)).isEqualTo(new Whole());
  }

  @Test
  void givenAnEmptyFile_whenParsed_thenNothingCanBeSent() {
    assertThat(ByteRanges.parse("bytes=0-", 0)).isEqualTo(new Unsatisfiable());
    assertThat(ByteRanges.parse("bytes=-0", 0)).isEqualTo(new Unsatisfiable());
  }

  @Test
  void givenAnEmptyFile_whenItsLastBytesAreAskedFor_thenItIsSentWhole() {
    assertThat(ByteRanges.parse("bytes=-1", 0)).isEqualTo(new Whole());
    assertThat(ByteRanges.parse("bytes=-5", 0)).isEqualTo(new Whole());
    assertThat(ByteRanges.parse("bytes=0-0,-5", 0)).isEqualTo(new Whole());
  }

  @Property
  void givenAnyHeader_whenParsed_thenPiecesAreInsideTheFile(
      @ForAll @StringLength(max = 40) @Chars({'0', '1', '9', '-', ',', ' ', '='}) String text,
      @ForAll @LongRange(min = 0, max = 1_000) long size) {
    if (ByteRanges.parse("bytes=" + text, size) instanceof Pieces(List<Piece> pieces)) {
      assertThat(pieces).isNotEmpty();
      assertThat(pieces)
          .allSatisfy(piece -> {
            assertThat(piece.first()).isBetween(0L, size - 1);
            assertThat(piece.last()).isBetween(piece.first(), size - 1);
          });
      if (pieces.size() > 1) {
        assertThat(pieces.stream().mapToLong(Piece::length).sum()).isLessThanOrEqualTo(size);
      }
    }
  }

  @Property
  void givenAPieceOfAFile_whenWrittenAndParsed_thenItIsTheSame(
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long first,
      @ForAll @LongRange(min = 0, max = 1_000_000) long more) {
    assertThat(ByteRanges.parse("bytes=" + first + "-" + (first + more), Long.MAX_VALUE))
        .isEqualTo(new Pieces(List.of(new Piece(first, first + more))));
  }
}
