package dev.signalbox.systemtests;

import java.util.List;

/** The network between the members of a fleet. The hub is where clients and the database are. */
interface FleetNetwork {

  /** Address of the hub. */
  String hub();

  /** Address of a member. */
  String address(String member);

  /** A command as it runs at a member's place. */
  List<String> enter(String member, List<String> command);

  /** Why links cannot be broken here; empty when they can. */
  String whyWhole();

  /** Breaks the link between a member and everything else. */
  void cut(String member);

  /** Puts the link back. */
  void mend(String member);

  /** Lets nothing pass between two groups of members; both still reach the hub. */
  void split(List<String> one, List<String> other);

  /** Lets everything pass again. */
  void merge(List<String> one, List<String> other);

  /** Undoes whatever a fault that was broken off has left. */
  void restore();
}
