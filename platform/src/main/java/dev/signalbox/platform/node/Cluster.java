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

/**
 * Membership in the cluster. Hazelcast tells who is there, nothing else is kept in it; what must
 * not be lost is in storage.
 */
final class Cluster {

  private static final int PORT_COUNT = 20;

  private Cluster() {}

  /** The address this process binds and tells the others. */
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
    List<String> members =
        config.clusterMembers().isEmpty() ? List.of(host) : config.clusterMembers();
    join.getTcpIpConfig().setEnabled(true).setMembers(members).setConnectionTimeoutSeconds(2);
    return new HazelcastClusterManager(hazelcast);
  }
}
