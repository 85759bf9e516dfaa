package dev.signalbox.ping.map;

import dev.signalbox.contracts.ping.ListMapLabelsReply;
import dev.signalbox.contracts.ping.ListMapLabelsReply.Label;
import dev.signalbox.ping.map.BlockNames.Named;
import java.util.stream.Stream;

/** Where the named networks lie on the map. */
final class MapLabels {

  /** The order of the curve whose cells are the /24s. */
  private static final int ORDER = 12;

  private MapLabels() {}

  static ListMapLabelsReply of(BlockNames names) {
    return new ListMapLabelsReply(
        Stream.concat(
                names.octets().stream()
                    .map(octet -> label(octet, names.isSpecial(octet.address(), octet.length()))),
                names.specials().stream().map(special -> label(special, true)))
            .toList());
  }

  /** A prefix of even length is a cell of the curve of half the order, one of odd length is two. */
  private static Label label(Named named, boolean special) {
    int order = (named.length() + 1) / 2;
    int first = (int) (named.address() >> (32 - 2 * order));
    int last = first + (named.length() % 2);
    int size = 1 << (ORDER - order);
    int x = Math.min(Hilbert.column(order, first), Hilbert.column(order, last));
    int y = Math.min(Hilbert.row(order, first), Hilbert.row(order, last));
    int columns = Math.abs(Hilbert.column(order, first) - Hilbert.column(order, last)) + 1;
    int rows = Math.abs(Hilbert.row(order, first) - Hilbert.row(order, last)) + 1;
    return new Label(
        named.network(), named.name(), special, x * size, y * size, columns * size, rows * size);
  }
}
