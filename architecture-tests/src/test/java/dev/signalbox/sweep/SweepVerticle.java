package dev.signalbox.sweep;

import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Runs sweep-service. */
final class SweepVerticle extends VerticleBase {

  private final ServiceEndpoint endpoint;

  SweepVerticle(SweepConfig config, ServiceContext service) {
    this.endpoint = service.endpoint(config.maxInFlight());
    new SweepEndpoint(config, service.bus()).register(endpoint);
  }

  @Override
  public Future<?> start() {
    return endpoint.open();
  }

  @Override
  public Future<?> stop() {
    return endpoint.drain();
  }
}
