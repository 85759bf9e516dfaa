package dev.signalbox.ping.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HilbertTest {

  @Test
  void givenOrderFour_whenFirstBlocksArePlaced_thenTheyLieAsOnTheWellKnownMaps() {
    // Top row of the map of the /8s.
    assertThat(Hilbert.place(4, 0, 0)).isZero();
    assertThat(Hilbert.place(4, 1, 0)).isEqualTo(1);
    assertThat(Hilbert.place(4, 2, 0)).isEqualTo(14);
    assertThat(Hilbert.place(4, 0, 1)).isEqualTo(3);
    assertThat(Hilbert.place(4, 15, 0)).isEqualTo(255);
  }

  @Test
  void givenAnOrder_whenAllPlacesAreVisited_thenEachCellOnceAndNeighboursTouch() {
    for (int order = 0; order <= 8; order++) {
      int side = 1 << order;
      BitSet visited = new BitSet(side * side);
      int column = 0;
      int row = 0;
      for (int place = 0; place < side * side; place++) {
        int nextColumn = Hilbert.column(order, place);
        int nextRow = Hilbert.row(order, place);
        if (place > 0) {
          assertThat(Math.abs(nextColumn - column) + Math.abs(nextRow - row)).isEqualTo(1);
        }
        column = nextColumn;
        row = nextRow;
        visited.set(row * side + column);
      }
      assertThat(visited.cardinality()).isEqualTo(side * side);
    }
  }

  @Property
  void givenAnAddress_whenPlacedAndFoundAgain_thenItIsTheSame(@ForAll int address) {
    int column = Hilbert.column(16, address);
    int row = Hilbert.row(16, address);

    assertThat(Hilbert.place(16, column, row)).isEqualTo(address);
  }

  @Property
  void givenAPrefix_whenItsAddressesAreDrawn_thenTheyLieInItsTile(
      @ForAll int address, @ForAll @IntRange(max = 15) int order) {
    int shift = 16 - order;
    int prefix = order == 0 ? 0 : address >>> (32 - 2 * order);

    assertThat(Hilbert.column(16, address) >> shift).isEqualTo(Hilbert.column(order, prefix));
    assertThat(Hilbert.row(16, address) >> shift).isEqualTo(Hilbert.row(order, prefix));
  }
}
