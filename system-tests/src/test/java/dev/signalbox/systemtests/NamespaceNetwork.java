package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every member in a network namespace of its own, with a link to one bridge. Only for a process
 * that is in namespaces of its own already ({@link Isolation}): what is made here ends with them.
 */
final class NamespaceNetwork implements FleetNetwork {

  /** A name that resolves to all members, as a network alias of containers does. */
  static final String ALIAS = "signalbox-members";

  private static final String NOBODY = "02:00:00:00:00:01";
  private static final int FIRST = 10;

  private final List<String> members;
  private final Path hosts;

  private NamespaceNetwork(List<String> members, Path hosts) {
    this.members = members;
    this.hosts = hosts;
  }

  static NamespaceNetwork make(List<String> members) {
    try {
      Path hosts = Scratch.directory("network").resolve("hosts");
      NamespaceNetwork network = new NamespaceNetwork(members, hosts);
      Files.writeString(
          hosts,
          "127.0.0.1 localhost\n"
              + members.stream()
                  .map(member -> network.address(member) + " " + member + " " + ALIAS + "\n")
                  .collect(Collectors.joining()));
      network.run(
          """
          ip link set lo up
          mkdir -p /run/netns
          mount -t tmpfs -o size=1m none /run/netns
          ip link add bridge0 type bridge
          ip addr add %s/24 dev bridge0
          ip link set bridge0 up
          """
              .formatted(network.hub()));
      for (String member : members) {
        network.run(
            """
            ip netns add NAME
            ip link add DEVICE type veth peer name eth0 netns NAME
            ip link set DEVICE master bridge0 up
            ip -n NAME addr add ADDRESS/24 dev eth0
            ip -n NAME link set lo up
            ip -n NAME link set eth0 up
            """
                .replace("NAME", member)
                .replace("DEVICE", network.device(member))
                .replace("ADDRESS", network.address(member)));
      }
      return network;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String script) {
    Programs.Outcome outcome = Programs.run(List.of("sh", "-ec", script));
    if (outcome.exitCode() != 0) {
      throw new IllegalStateException(script + outcome);
    }
  }

  private String device(String member) {
    return "veth" + members.indexOf(member);
  }

  @Override
  public String hub() {
    return "10.77.0.1";
  }

  @Override
  public String address(String member) {
    return "10.77.0." + (FIRST + members.indexOf(member));
  }

  @Override
  public List<String> enter(String member, List<String> command) {
    List<String> entered = new ArrayList<>(List.of("ip", "netns", "exec", member));
    entered.addAll(
        List.of("sh", "-c", "mount --bind '" + hosts + "' /etc/hosts && exec \"$0\" \"$@\""));
    entered.addAll(command);
    return entered;
  }

  @Override
  public String whyWhole() {
    return "";
  }

  @Override
  public void cut(String member) {
    run("ip link set " + device(member) + " down");
  }

  @Override
  public void mend(String member) {
    run("ip link set " + device(member) + " up");
  }

  /** Frames for the other half are addressed to nobody, so they get lost without an error. */
  @Override
  public void split(List<String> one, List<String> other) {
    run(neighbours(one, other, "replace", " lladdr " + NOBODY + " nud permanent"));
  }

  @Override
  public void restore() {
    members.forEach(this::mend);
    members.forEach(member -> run("ip -n " + member + " neigh flush dev eth0 nud permanent"));
  }

  @Override
  public void merge(List<String> one, List<String> other) {
    run(neighbours(one, other, "del", ""));
  }

  private String neighbours(List<String> one, List<String> other, String what, String state) {
    StringBuilder script = new StringBuilder();
    for (String near : one) {
      for (String far : other) {
        script.append(neighbour(near, far, what, state)).append(neighbour(far, near, what, state));
      }
    }
    return script.toString();
  }

  private String neighbour(String near, String far, String what, String state) {
    return "ip -n " + near + " neigh " + what + " " + address(far) + state + " dev eth0\n";
  }
}
