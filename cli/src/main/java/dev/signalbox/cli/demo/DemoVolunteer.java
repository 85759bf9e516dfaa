package dev.signalbox.cli.demo;

import dev.signalbox.worker.site.Lease;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volunteer of the demonstration, who does over REST what a worker does, but makes the results
 * up. Runs on a virtual thread, until the census is done.
 */
final class DemoVolunteer extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(DemoVolunteer.class);

  private static final int LEASE_TASKS = 8;
  private static final long RETRY_MS = 2_000;

  private final URI site;
  private final String name;
  private final @Nullable String team;
  private final long nanosPerTask;
  private @Nullable String key;
  private long nextNanos;
  private boolean stopping;

  /**
   * A volunteer.
   *
   * @param nanosPerTask time from one result to the next
   */
  DemoVolunteer(URI site, String name, @Nullable String team, long nanosPerTask) {
    this.site = site;
    this.name = name;
    this.team = team;
    this.nanosPerTask = nanosPerTask;
  }

  @Override
  public Future<?> start() {
    SiteClient client = new SiteClient(vertx, site, null, "demo");
    context.runOnContext(_ -> work(client));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return Future.succeededFuture();
  }

  private void work(SiteClient client) {
    nextNanos = System.nanoTime();
    while (!stopping) {
      try {
        Lease lease =
            client
                .lease(
                    UUID.randomUUID().toString(),
                    SiteClient.leaseBody(name, name, team, LEASE_TASKS),
                    key)
                .await();
        if (lease.contributorKey() != null) {
          key = lease.contributorKey();
          client.list(name, key).await();
        }
        for (Lease.LeasedTask task : lease.tasks()) {
          pace(vertx);
          client
              .submit(
                  task.index(),
                  lease.token(),
                  SyntheticInternet.codes(task.index(), name.hashCode()))
              .await();
        }
      } catch (SiteException e) {
        if (!e.code().equals("NO_TASKS_AVAILABLE")) {
          LOG.debug("{} tries again", name, e);
        }
        vertx.timer(RETRY_MS, TimeUnit.MILLISECONDS).await();
      }
    }
  }

  private void pace(Vertx vertx) {
    long now = System.nanoTime();
    // What was late is not made up for: the map should fill evenly.
    nextNanos = Math.max(nextNanos + nanosPerTask, now);
    long millis = TimeUnit.NANOSECONDS.toMillis(nextNanos - now);
    if (millis > 0) {
      vertx.timer(millis, TimeUnit.MILLISECONDS).await();
    }
  }
}
