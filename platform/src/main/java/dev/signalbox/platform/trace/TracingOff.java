package dev.signalbox.platform.trace;

import java.util.concurrent.CompletableFuture;

/** Traces nothing. */
final class TracingOff implements Tracing {

  @Override
  public Tracer tracer(String service, String node, String version) {
    return Tracer.OFF;
  }

  @Override
  public CompletableFuture<Void> stop() {
    return CompletableFuture.completedFuture(null);
  }
}
