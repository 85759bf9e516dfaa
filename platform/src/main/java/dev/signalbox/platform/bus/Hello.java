package dev.signalbox.platform.bus;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member tells another of itself: once a second, and at once when it changes.
 *
 * @param node id of the member's process, new at every start
 * @param host where its bus listens
 * @param port where its bus listens
 * @param version grows with every change of what it serves
 * @param addresses what it serves, events it listens to among them
 * @param leaving whether this is its last word
 * @param question number of a question, to be answered by the other's own words; 0 for none
 * @param answer number of the question this answers; 0 for none
 * @param others the members that answer this one, now and then and to a newcomer; null when it does
 *     not say, as members of earlier versions do. A question with them is answered with them.
 */
record Hello(
    String node,
    String host,
    int port,
    long version,
    Set<String> addresses,
    boolean leaving,
    long question,
    long answer,
    @Nullable List<Peer> others) {

  /**
   * Another member.
   *
   * @param node id of its process
   * @param host where its bus listens
   * @param port where its bus listens
   */
  record Peer(String node, String host, int port) {}

  Hello {
    addresses = Set.copyOf(addresses);
    others = others == null ? null : List.copyOf(others);
  }
}
