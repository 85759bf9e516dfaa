package dev.signalbox.platform.node;

import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.spi.impl.executionservice.ExecutionService;
import dev.signalbox.platform.bus.Members;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership in the cluster. Hazelcast keeps only the list of members; what must not be lost is in
 * storage.
 */
final class Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /** Ports of membership on one host, each for one member. */
  static final int PORT_COUNT = 20;

  private static final int CONNECT_S = 2;

  /** The port behind a name, an IPv4 address or an IPv6 address in brackets. */
  private static final Pattern WITH_PORT = Pattern.compile("^[^:]*:\\d+$|\\]:\\d+$");

  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry("hazelcast.phone.home.enabled", "false"),
          Map.entry("hazelcast.shutdownhook.enabled", "false"),
          Map.entry("hazelcast.socket.bind.any", "false"),
          // A member that hangs is out after five seconds instead of a minute.
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          Map.entry("hazelcast.max.wait.seconds.before.join", "0"),
          Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "3"),
          // Each address says its port: a host that does not answer is waited for once.
          Map.entry("hazelcast.tcp.join.port.try.count", "1"),
          // No data, no calls: threads for what members tell each other of themselves suffice.
          Map.entry("hazelcast.partition.count", "1"),
          Map.entry("hazelcast.operation.thread.count", "1"),
          Map.entry("hazelcast.operation.generic.thread.count", "2"),
          Map.entry("hazelcast.event.thread.count", "1"),
          Map.entry("hazelcast.io.thread.count", "1"),
          Map.entry("hazelcast.clientengine.thread.count", "1"),
          Map.entry("hazelcast.operation.call.timeout.millis", "5000"));

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

  /** The keys to use; null, after a warning where strangers may reach the ports, for none. */
  static @Nullable ClusterKeys keys(NodeConfig config, String host) {
    if (!config.clusterKeys().isEmpty()) {
      return ClusterKeys.in(Path.of(config.clusterKeys()));
    }
    if (!isLoopback(host)) {
      LOG.warn(
          "any host that reaches {} can join this cluster, read its messages and call its services;"
              + " make keys with signalbox cluster-keys DIR and set platform.cluster-keys",
          host);
    }
    return null;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // What cannot be resolved fails when it is bound.
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  static EventBusOptions eventBus(String host, @Nullable ClusterKeys keys) {
    EventBusOptions options =
        new EventBusOptions()
            .setHost(host)
            .setClusterPublicHost(host)
            .setPort(0)
            .setConnectTimeout(2_000)
            .setClusterPingInterval(2_000)
            .setClusterPingReplyInterval(2_000);
    return keys == null ? options : keys.protect(options);
  }

  static ClusterManager manager(
      NodeConfig config, String host, Members members, @Nullable ClusterKeys keys) {
    System.setProperty("hazelcast.logging.type", "slf4j"); // Before anything of it is loaded.
    Config hazelcast = new Config();
    hazelcast.setClusterName(config.clusterName());
    hazelcast.setLiteMember(true);
    hazelcast.getJetConfig().setEnabled(false);
    hazelcast.getMetricsConfig().setEnabled(false);
    PROPERTIES.forEach(hazelcast::setProperty);
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
      join.getTcpIpConfig()
          .setEnabled(true)
          .setMembers(addresses(config.clusterMembers(), host, config.clusterPort()))
          .setConnectionTimeoutSeconds(CONNECT_S);
    }
    if (keys == null) {
      return new Membership(hazelcast, new DefaultNodeContext(), members);
    }
    network.setSocketInterceptorConfig(
        new SocketInterceptorConfig().setEnabled(true).setClassName(SecretProof.class.getName()));
    // Proofs block the threads that also connect to other members.
    hazelcast.addExecutorConfig(
        new ExecutorConfig(ExecutionService.IO_EXECUTOR, SecretProof.THREADS));
    return new Membership(
        hazelcast, new SecretNodeContext(new SecretProof(keys.secret())), members);
  }

  /**
   * Where other members may listen: at one port of each listed host; at any port of the range on
   * the own host, where several processes may be and a port without one refuses at once.
   */
  static List<String> addresses(List<String> members, String host, int port) {
    List<String> addresses = new ArrayList<>();
    for (String member : members.isEmpty() ? List.of(host) : members) {
      if (WITH_PORT.matcher(member).find()) {
        addresses.add(member);
      } else if (member.equals(host) || (member.equals("localhost") && isLoopback(host))) {
        IntStream.range(port, port + PORT_COUNT)
            .mapToObj(each -> withPort(member, each))
            .forEach(addresses::add);
      } else {
        addresses.add(withPort(member, port));
      }
    }
    return addresses;
  }

  private static String withPort(String host, int port) {
    boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bareIpv6 ? "[" + host + "]" : host) + ":" + port;
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
