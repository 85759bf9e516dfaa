package dev.signalbox.platform.node;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.nio.MemberSocketInterceptor;

/** Has Hazelcast ask each connection for proof; what it has a place for, but no setting. */
final class SecretNodeContext extends DefaultNodeContext {

  private final MemberSocketInterceptor proof;

  SecretNodeContext(MemberSocketInterceptor proof) {
    this.proof = proof;
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
}
