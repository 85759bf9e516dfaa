package dev.signalbox.platform.node;

import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceInstance;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One service of a process: its verticles, from their start to their end. */
final class ServiceDeployment {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceDeployment.class);

  private static final long LET_GO_S = 2;

  private final Vertx vertx;
  private final ServiceInstance instance;
  private final List<Future<Void>> ends = new CopyOnWriteArrayList<>();
  private volatile @Nullable String id;

  ServiceDeployment(Vertx vertx, ServiceInstance instance) {
    this.vertx = vertx;
    this.instance = instance;
  }

  /** A verticle that reports when its own stop has completed. */
  private record Watched(Deployable verticle, Promise<Void> end) implements Deployable {

    @Override
    public Future<?> deploy(Context context) throws Exception {
      return verticle.deploy(context);
    }

    @Override
    public Future<?> undeploy(Context context) throws Exception {
      return verticle.undeploy(context).onComplete(ended -> end.complete());
    }
  }

  /** Starts the verticles and says to the gateways that they are there. */
  <C extends Record> Future<Void> start(ServiceDefinition<C> service, C config, int verticles) {
    return vertx
        .deployVerticle(
            () -> {
              Promise<Void> end = Promise.promise();
              ends.add(end.future());
              return new Watched(service.factory().create(config, instance), end);
            },
            new DeploymentOptions().setInstances(verticles))
        .onSuccess(deployed -> id = deployed)
        .compose(deployed -> instance.started())
        .onSuccess(ready -> LOG.info("{} {} is ready", instance.name(), instance.node()));
  }

  /** Whether there is anything to stop. */
  boolean running() {
    return id != null;
  }

  /**
   * Stops in order. When the verticles have put their things away, all that is left is to take back
   * what they listened to on the bus; a cluster that is falling apart may never confirm that, and
   * is not waited for.
   */
  Future<Void> stop() {
    instance.draining();
    Promise<Void> stopped = Promise.promise();
    vertx
        .undeploy(id)
        .onFailure(e -> LOG.warn("{} did not stop cleanly", instance.name(), e))
        .onComplete(undeployed -> stopped.tryComplete());
    Future.join(ends)
        .compose(ended -> vertx.timer(LET_GO_S, TimeUnit.SECONDS))
        .onSuccess(late -> {
          if (stopped.tryComplete()) {
            LOG.warn(
                "the cluster did not confirm within {} s that {} is unregistered; stopping anyway",
                LET_GO_S,
                instance.name());
          }
        });
    return stopped.future().onComplete(over -> instance.stopped());
  }
}
