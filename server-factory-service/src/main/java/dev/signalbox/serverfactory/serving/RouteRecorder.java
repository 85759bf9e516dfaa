package dev.signalbox.serverfactory.serving;

/** Makes routes of what a proxy's target answers. Called from the event loop of a server. */
@FunctionalInterface
public interface RouteRecorder {

  /** Does nothing. */
  RouteRecorder NONE = (request, response) -> {};

  /** A target answered a request that no route matched; must not block. */
  void record(ReceivedRequest request, UpstreamResponse response);
}
