package dev.signalbox.platform.node;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.server.Server;
import com.hazelcast.internal.server.tcp.LocalAddressRegistry;
import com.hazelcast.internal.server.tcp.ServerSocketRegistry;
import com.hazelcast.nio.MemberSocketInterceptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has Hazelcast ask each connection for proof; what it has a place for, but no setting. */
class SecretNodeContext extends DefaultNodeContext {

  private static final Logger LOG = LoggerFactory.getLogger(SecretNodeContext.class);

  private final MemberSocketInterceptor proof;
  private volatile Collection<Channel> accepted = nothing();

  SecretNodeContext(MemberSocketInterceptor proof) {
    this.proof = new Interceptor(proof);
  }

  @Override
  public NodeExtension createNodeExtension(Node node) {
    return new DefaultNodeExtension(node) {
      @Override
      public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier qualifier) {
        return proof;
      }
    };
  }

  @Override
  public Server createServer(
      Node node, ServerSocketRegistry registry, LocalAddressRegistry addresses) {
    Server server = super.createServer(node, registry, addresses);
    accepted = accepted(server);
    return server;
  }

  /**
   * Where Hazelcast keeps accepted connections until they are a member's; it leaves refused ones
   * there for ever. No API shows them. Of a version that keeps them elsewhere they stay, and
   * members join all the same.
   */
  @SuppressWarnings("unchecked")
  Collection<Channel> accepted(Server server) {
    try {
      Object connections = server.getConnectionManager(EndpointQualifier.MEMBER);
      Field field = connections.getClass().getSuperclass().getDeclaredField("acceptedChannels");
      field.setAccessible(true);
      return (Collection<Channel>) field.get(connections);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn("connections that do not prove the secret of the cluster stay in memory", e);
      return nothing();
    }
  }

  /** Nothing to remove, from which may be removed: {@code List.of} throws at that too. */
  private static Collection<Channel> nothing() {
    return new ArrayList<>(0);
  }

  /** Before a connection proves the secret, the ones that were refused before it are removed. */
  private final class Interceptor implements MemberSocketInterceptor {

    private final MemberSocketInterceptor then;

    Interceptor(MemberSocketInterceptor then) {
      this.then = then;
    }

    @Override
    public void init(Properties properties) {
      then.init(properties);
    }

    @Override
    public void onConnect(Socket socket) throws IOException {
      then.onConnect(socket);
    }

    @Override
    public void onAccept(Socket socket) throws IOException {
      accepted.removeIf(Channel::isClosed);
      then.onAccept(socket);
    }
  }
}
