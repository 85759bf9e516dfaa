package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ExclusionsTest {

  /** A prefix near the block 10.1.0.0/16, from a number that stands for it. */
  private static AddressRange prefix(int seed) {
    Random random = new Random(seed);
    int length = 14 + random.nextInt(19);
    return AddressRange.of((10L << 24) + random.nextInt(3 << 16), length);
  }

  private static Exclusions of(List<Integer> seeds) {
    Exclusions.Builder builder = Exclusions.builder(true);
    seeds.forEach(seed -> builder.leaveOut(prefix(seed)));
    return builder.build();
  }

  /** The addresses of the block 10.1.0.0/16 that are left out, one by one. */
  private static BitSet leftOut(List<Integer> seeds) {
    BitSet leftOut = new BitSet();
    for (int seed : seeds) {
      AddressRange range = prefix(seed);
      for (long address = range.first(); address <= range.last(); address++) {
        if (address >> 16 == 2_561) {
          leftOut.set((int) address & 0xffff);
        }
      }
    }
    return leftOut;
  }

  @Property(tries = 200)
  void the_networks_of_a_block_are_exactly_what_is_left_out(
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 10_000) Integer> seeds) {
    Block block = new Block(2_561);
    BitSet expected = leftOut(seeds);

    BitSet told = new BitSet();
    for (String network : of(seeds).networks(block)) {
      AddressRange range = AddressRange.parse(network).orElseThrow();
      assertThat(AddressRange.of(block).contains(range)).isTrue();
      told.set((int) range.first() & 0xffff, ((int) range.last() & 0xffff) + 1);
    }

    assertThat(told).isEqualTo(expected);
    assertThat(of(seeds).pinged(block)).isEqualTo(65_536 - expected.cardinality());
    assertThat(of(seeds).cover(AddressRange.of(block))).isEqualTo(expected.cardinality() == 65_536);
  }

  @Property(tries = 50)
  void a_mask_removes_what_is_left_out_and_nothing_else(
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 10_000) Integer> seeds) {
    byte[] rtt = new byte[CensusResult.ADDRESSES];
    new Random(5).nextBytes(rtt);
    BitSet leftOut = leftOut(seeds);

    CensusResult masked = of(seeds).mask(new Block(2_561), CensusResult.ofRtt(rtt.clone()));

    byte[] times = masked.rtt();
    for (int i = 0; i < rtt.length; i++) {
      assertThat(times[i]).isEqualTo(leftOut.get(i) ? 0 : rtt[i]);
    }
    assertThat(masked.bitmap()).isEqualTo(CensusResult.ofRtt(times).bitmap());
    assertThat(masked.answered()).isEqualTo(CensusResult.ofRtt(times).answered());
  }
}
