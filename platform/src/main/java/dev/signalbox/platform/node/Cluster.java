package dev.signalbox.platform.node;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Membership in the cluster. Hazelcast keeps only the list of members; what must not be lost is in
 * storage.
 */
final class Cluster {

  private static final int PORT_COUNT = 20;

  /** A host name: no port, and a last label that is not a number, unlike that of an address. */
  private static final Pattern NAME = Pattern.compile("(?:[\\w-]+\\.)*[A-Za-z_][\\w-]*\\.?");

  private Cluster() {}

  /** The address this process binds and advertises. */
  static String host(NodeConfig config) {
    if (!config.clusterHost().equals("auto")) {
      return config.clusterHost();
    }
    try {
      return NetworkInterface.networkInterfaces()
          .filter(Cluster::isUp)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(InetAddress::isSiteLocalAddress)
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElseThrow(() ->
              new StartException(
                  "platform.cluster-host is auto, but no network interface has a site-local"
                      + " address; set it to the address to use"));
    } catch (SocketException e) {
      throw new StartException("The network interfaces cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  static EventBusOptions eventBus(String host) {
    return new EventBusOptions()
        .setHost(host)
        .setClusterPublicHost(host)
        .setPort(0)
        .setConnectTimeout(2_000)
        .setClusterPingInterval(2_000)
        .setClusterPingReplyInterval(2_000);
  }

  static ClusterManager manager(NodeConfig config, String host) {
    System.setProperty("hazelcast.logging.type", "slf4j"); // Before anything of it is loaded.
    // Starts from the maps Vert.x needs, then says everything about the network itself.
    Config hazelcast = ConfigUtil.loadConfig();
    hazelcast.setClusterName(config.clusterName());
    hazelcast.setProperty("hazelcast.phone.home.enabled", "false");
    hazelcast.setProperty("hazelcast.shutdownhook.enabled", "false");
    hazelcast.setProperty("hazelcast.socket.bind.any", "false");
    // A member that hangs is out after five seconds instead of a minute: until then every call that
    // is routed to it times out.
    hazelcast.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    hazelcast.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
    hazelcast.setProperty("hazelcast.wait.seconds.before.join", "0");
    // When a whole cluster stops, members wait for each other's copies of what nobody needs by
    // then.
    hazelcast.setProperty("hazelcast.graceful.shutdown.max.wait", "2");
    hazelcast.setProperty("hazelcast.merge.first.run.delay.seconds", "10");
    hazelcast.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    hazelcast.setProperty("hazelcast.tcp.join.port.try.count", String.valueOf(PORT_COUNT));
    NetworkConfig network = hazelcast.getNetworkConfig();
    network.setPort(config.clusterPort()).setPortCount(PORT_COUNT).setPortAutoIncrement(true);
    network.setPublicAddress(null);
    network.getInterfaces().setEnabled(true).setInterfaces(List.of(host));
    JoinConfig join = network.getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    if (isNameOfAll(config.clusterMembers())) {
      // A TCP/IP list takes of such a name the own address alone. This join asks for all addresses,
      // again at every attempt; Hazelcast knows it by the name of its commonest use.
      join.getKubernetesConfig()
          .setEnabled(true)
          .setProperty("service-dns", config.clusterMembers().getFirst())
          .setProperty("service-port", String.valueOf(config.clusterPort()));
    } else {
      List<String> members =
          config.clusterMembers().isEmpty() ? List.of(host) : config.clusterMembers();
      join.getTcpIpConfig().setEnabled(true).setMembers(members).setConnectionTimeoutSeconds(2);
    }
    return new HazelcastClusterManager(hazelcast);
  }

  /**
   * Whether the members are one name that resolves to all of them, as a network alias in containers
   * does, rather than addresses. With a port it is a member's.
   */
  static boolean isNameOfAll(List<String> members) {
    return members.size() == 1
        && NAME.matcher(members.getFirst()).matches()
        && !members.getFirst().equals("localhost");
  }
}
