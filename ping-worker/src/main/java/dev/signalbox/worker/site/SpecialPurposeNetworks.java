package dev.signalbox.worker.site;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.net.SpecialPurpose;
import dev.signalbox.worker.ping.ExcludedPositions;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Networks of IPv4 that are not of the Internet (RFC 6890 and its successors): a site that leases
 * them has the volunteer's own network pinged.
 */
final class SpecialPurposeNetworks {

  private SpecialPurposeNetworks() {}

  /** The first that a task would ping; null for none. */
  static @Nullable Cidr pingedBy(int index, List<String> exclude) {
    int block = index << 16;
    BitSet excluded = ExcludedPositions.of(block, exclude);
    for (Cidr network : SpecialPurpose.notGloballyReachableV4()) {
      BitSet pinged = ExcludedPositions.of(block, List.of(network.toString()));
      pinged.andNot(excluded);
      if (!pinged.isEmpty()) {
        return network;
      }
    }
    return null;
  }

  /**
   * Whether an address is this machine's or one of a private network. Others that are not of the
   * Internet are not, for tunnels give public names such addresses.
   *
   * @param literal of IPv4 or IPv6; null for an address that is not known
   */
  static boolean isPrivate(@Nullable String literal) {
    if (literal == null) {
      return false;
    }
    int zone = literal.indexOf('%');
    return IpLiteral.parse(zone < 0 ? literal : literal.substring(0, zone))
        .map(address -> SpecialPurpose.isPrivate(address.getAddress()))
        .orElse(false);
  }
}
