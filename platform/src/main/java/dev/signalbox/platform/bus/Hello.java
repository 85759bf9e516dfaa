package dev.signalbox.platform.bus;

import java.util.Set;

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
 */
record Hello(
    String node,
    String host,
    int port,
    long version,
    Set<String> addresses,
    boolean leaving,
    long question,
    long answer) {

  Hello {
    addresses = Set.copyOf(addresses);
  }
}
