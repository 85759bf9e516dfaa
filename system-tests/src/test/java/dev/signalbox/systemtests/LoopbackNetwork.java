package dev.signalbox.systemtests;

import java.util.List;

/** Every member at a loopback address of its own: no link of theirs can be broken. */
final class LoopbackNetwork implements FleetNetwork {

  private static final int FIRST = 10;

  private final List<String> members;
  private final String why;

  LoopbackNetwork(List<String> members, String why) {
    this.members = members;
    this.why = why;
  }

  @Override
  public String hub() {
    return "127.0.77.1";
  }

  @Override
  public String address(String member) {
    return "127.0.77." + (FIRST + members.indexOf(member));
  }

  @Override
  public List<String> enter(String member, List<String> command) {
    return command;
  }

  @Override
  public String whyWhole() {
    return why;
  }

  @Override
  public void cut(String member) {
    throw new IllegalStateException(why);
  }

  @Override
  public void mend(String member) {
    throw new IllegalStateException(why);
  }

  @Override
  public void split(List<String> one, List<String> other) {
    throw new IllegalStateException(why);
  }

  @Override
  public void restore() {
    // Nothing of it can be broken.
  }

  @Override
  public void merge(List<String> one, List<String> other) {
    throw new IllegalStateException(why);
  }
}
