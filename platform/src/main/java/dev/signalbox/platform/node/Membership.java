package dev.signalbox.platform.node;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.NodeContext;
import dev.signalbox.platform.bus.Members;
import io.vertx.core.Completable;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Membership by Hazelcast, and nothing but membership: it finds the other processes and tells where
 * their buses listen. Where calls go, the members tell each other ({@link Members}), so that no
 * call ever waits for a partition, a migration or a merge. All members are Hazelcast's lite
 * members: there is no data, and so nothing to move when one comes or goes.
 */
final class Membership implements ClusterManager, MembershipListener, LifecycleListener {

  private static final String NODE = "signalbox.node";
  private static final String HOST = "signalbox.bus.host";
  private static final String PORT = "signalbox.bus.port";

  private final Config config;
  private final NodeContext context;
  private final Members members;

  /** Addresses that the event bus has looked up, by the process they belong to. */
  private final Map<String, Set<String>> lookedUp = new ConcurrentHashMap<>();

  private volatile boolean active;
  private @Nullable VertxInternal vertx;
  private volatile @Nullable HazelcastInstance hazelcast;

  Membership(Config config, NodeContext context, Members members) {
    this.config = config;
    this.context = context;
    this.members = members;
  }

  @Override
  public void init(Vertx given) {
    vertx = (VertxInternal) given;
  }

  private VertxInternal vertx() {
    VertxInternal given = vertx;
    if (given == null) {
      throw new IllegalStateException("not initialized");
    }
    return given;
  }

  /** Nothing yet: the others must learn with the membership where the bus listens. */
  @Override
  public void join(Completable<Void> promise) {
    active = true;
    promise.succeed();
  }

  @Override
  public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
    members.address(info);
    config
        .getMemberAttributeConfig()
        .setAttribute(NODE, members.self())
        .setAttribute(HOST, info.host())
        .setAttribute(PORT, String.valueOf(info.port()));
    vertx()
        .<Void>executeBlocking(
            () -> {
              HazelcastInstance started =
                  HazelcastInstanceFactory.newHazelcastInstance(config, members.self(), context);
              hazelcast = started;
              started.getLifecycleService().addLifecycleListener(this);
              started.getCluster().addMembershipListener(this);
              listAll(started);
              return null;
            },
            false)
        .onComplete(promise);
  }

  private void listAll(HazelcastInstance instance) {
    instance.getCluster().getMembers().forEach(this::listed);
  }

  private void listed(Member member) {
    String node = member.getAttribute(NODE);
    String host = member.getAttribute(HOST);
    String port = member.getAttribute(PORT);
    if (node != null && host != null && port != null) {
      members.listed(node, host, Integer.parseInt(port), System.nanoTime());
    }
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    listed(event.getMember());
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    String node = event.getMember().getAttribute(NODE);
    if (node != null) {
      members.unlisted(node);
    }
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    HazelcastInstance instance = hazelcast;
    if (event.getState() == LifecycleEvent.LifecycleState.MERGED && instance != null) {
      listAll(instance);
    }
  }

  @Override
  public void leave(Completable<Void> promise) {
    active = false;
    HazelcastInstance instance = hazelcast;
    if (instance == null) {
      promise.succeed();
      return;
    }
    // Terminated rather than shut down: there is no data to hand over, and an orderly shutdown may
    // wait for members that are leaving too.
    vertx()
        .<Void>executeBlocking(
            () -> {
              instance.getLifecycleService().terminate();
              return null;
            },
            false)
        .onComplete(promise);
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public String getNodeId() {
    return members.self();
  }

  @Override
  public List<String> getNodes() {
    return members.nodes();
  }

  @Override
  public @Nullable NodeInfo getNodeInfo() {
    return members.address(members.self());
  }

  @Override
  public void getNodeInfo(String node, Completable<NodeInfo> promise) {
    NodeInfo info = members.address(node);
    if (info == null) {
      promise.fail("no member " + node + " is known");
    } else {
      promise.succeed(info);
    }
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    members.listener(
        new Members.Listener() {
          @Override
          public void forgotten(String node) {
            Set<String> gone = lookedUp.remove(node);
            if (gone != null) {
              gone.forEach(address ->
                  listener.registrationsUpdated(new RegistrationUpdateEvent(address, List.of())));
            }
          }
        });
  }

  /** An address names the process it belongs to; one that names none belongs to this process. */
  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    String named = Members.nodeOf(address);
    String node = named == null ? members.self() : named;
    lookedUp.computeIfAbsent(node, _ -> ConcurrentHashMap.newKeySet()).add(address);
    promise.succeed(List.of(new RegistrationInfo(node, 0, false)));
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    promise.succeed();
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    promise.succeed();
  }

  // Nothing is shared through the cluster: what must not be lost is in storage.

  private static UnsupportedOperationException notShared() {
    return new UnsupportedOperationException("nothing is shared through the cluster; use storage");
  }

  @Override
  public void nodeListener(NodeListener listener) {
    throw notShared();
  }

  @Override
  public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
    promise.fail(notShared());
  }

  @Override
  public <K, V> Map<K, V> getSyncMap(String name) {
    throw notShared();
  }

  @Override
  public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
    promise.fail(notShared());
  }

  @Override
  public void getCounter(String name, Completable<Counter> promise) {
    promise.fail(notShared());
  }
}
