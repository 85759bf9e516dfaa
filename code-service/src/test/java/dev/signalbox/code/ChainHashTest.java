package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ChainHashTest {

  @Test
  void theEncodingNeverChanges() {
    // Computed apart from this code, with:
    // printf '%064d%016x%016x%08x%s%08x%s' 0 1 1700000000000 1 61 2 6869 | xxd -r -p | sha256sum
    ChainHash first = ChainHash.START.next(1, "a", "hi", 1_700_000_000_000L);

    assertThat(first.hex())
        .isEqualTo("e33cee67d68d8919611881ec6b18d31554d0b91074b2fb8f70b72bdf16b1d186");
  }

  @Test
  void everyPartCounts() {
    ChainHash base = ChainHash.START.next(1, "a", "hi", 5);

    assertThat(base)
        .isNotEqualTo(base.next(1, "a", "hi", 5))
        .isNotEqualTo(ChainHash.START.next(2, "a", "hi", 5))
        .isNotEqualTo(ChainHash.START.next(1, "b", "hi", 5))
        .isNotEqualTo(ChainHash.START.next(1, "a", "ho", 5))
        .isNotEqualTo(ChainHash.START.next(1, "a", "hi", 6));
  }

  @Property(tries = 200)
  void movingCharactersFromUuidToTextChangesTheHash(
      @ForAll @StringLength(min = 1, max = 40) String both, @ForAll @IntRange(max = 39) int cut) {
    int at = cut % both.length();

    ChainHash split = ChainHash.START.next(1, both.substring(0, at), both.substring(at), 0);
    ChainHash whole = ChainHash.START.next(1, both, "", 0);

    assertThat(split).isNotEqualTo(whole);
  }

  @Test
  void bytesAndHexAreTheSame() {
    ChainHash hash = ChainHash.START.next(1, "a", "hi", 5);

    assertThat(ChainHash.of(hash.bytes())).isEqualTo(hash);
    assertThat(ChainHash.START.hex()).isEqualTo("0".repeat(64));
  }
}
