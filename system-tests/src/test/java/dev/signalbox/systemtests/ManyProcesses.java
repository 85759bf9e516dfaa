package dev.signalbox.systemtests;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Every service as a process of its own. */
final class ManyProcesses implements Deployment {

  private final Cluster cluster;

  private ManyProcesses(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Starts all and waits until the gateway knows each. */
  static ManyProcesses start(Map<String, String> settings) {
    Cluster cluster = Cluster.gatewayAlone(settings);
    try {
      List<String> others =
          Distribution.SERVICES.stream().filter(name -> !name.equals("gateway-service")).toList();
      // Two at a time: started all at once on two cores, they would take each other for dead.
      for (int i = 0; i < others.size(); i += 2) {
        List<String> pair = others.subList(i, Math.min(i + 2, others.size()));
        pair.forEach(cluster::launch);
        pair.forEach(service -> cluster.awaitReady(service, 1));
      }
      return new ManyProcesses(cluster);
    } catch (Throwable e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public Doors doors() {
    return cluster.doors();
  }

  @Override
  public Path data() {
    return cluster.data();
  }

  @Override
  public String output() {
    return cluster.output();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
