package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * The names on the map: each /8 with who administers or holds it, and the special-purpose networks.
 *
 * @param labels the /8s in their order, then the special-purpose networks by address
 */
public record ListMapLabelsReply(List<Label> labels) {

  /**
   * A name and the rectangle it is for. Lengths are in /24s: the map has 4,096 by 4,096 of them.
   *
   * @param network in CIDR notation
   * @param name who administers or holds the /8, or what the network is for
   * @param special whether it is a special-purpose network
   * @param x left edge, from 0
   * @param y upper edge, from 0 at the top
   * @param width of the rectangle
   * @param height of the rectangle
   */
  public record Label(
      String network, String name, boolean special, int x, int y, int width, int height) {}
}
