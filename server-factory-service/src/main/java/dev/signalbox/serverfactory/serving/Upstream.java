package dev.signalbox.serverfactory.serving;

import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.definition.ProxyTarget;
import io.vertx.core.Future;

/** Forwards requests to other servers. Called from the event loop of any server on demand. */
@FunctionalInterface
public interface Upstream {

  /**
   * Forwards a request. What keeps the target from answering is a response too: 502 or 504 with a
   * text for the client.
   *
   * @param memory takes the length of the body while it arrives
   * @return completes on the calling event loop, within the target's timeout
   */
  Future<UpstreamResponse> forward(
      ReceivedRequest request, ProxyTarget target, UnreadBodies.Share memory);
}
