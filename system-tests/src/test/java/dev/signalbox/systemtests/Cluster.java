package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Processes that find each other on loopback: a gateway from the start, services as they are
 * started. They share a data directory, as services of one machine do.
 */
final class Cluster implements AutoCloseable {

  private static final int CLUSTER_PORTS = 20;

  private final String name = "system-tests-" + UUID.randomUUID();
  private final int clusterPort = FreePorts.row(CLUSTER_PORTS);
  private final Path directory = Scratch.directory("cluster");
  private final Path settings;
  private final Doors doors = Doors.choose();
  private final List<SignalboxProcess> processes = new CopyOnWriteArrayList<>();

  private Cluster(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(doors.settings());
    all.put("platform.log-format", "text");
    this.settings = SettingsFile.write(directory, all);
  }

  /** A gateway that serves nothing yet. */
  static Cluster gatewayAlone(Map<String, String> settings) {
    Cluster cluster = new Cluster(settings);
    try {
      SignalboxProcess gateway = cluster.launch("gateway-service");
      gateway.await("to be ready", cluster::gatewayReady);
      return cluster;
    } catch (Throwable e) {
      cluster.close();
      throw e;
    }
  }

  /** Starts a service or one more replica of it, and does not wait. */
  SignalboxProcess launch(String service) {
    SignalboxProcess process =
        SignalboxProcess.start(
            service,
            directory,
            Distribution.service(
                service,
                Map.of(
                    "platform.cluster-name", name,
                    "platform.cluster-port", Integer.toString(clusterPort),
                    "data", data().toString(),
                    "config", settings.toString())));
    processes.add(process);
    return process;
  }

  /** Waits until the gateway knows so many ready instances of a service. */
  void awaitReady(String service, int instances) {
    processes
        .getFirst()
        .await("to know " + instances + " of " + service, () -> ready(service) == instances);
  }

  private long ready(String service) {
    try {
      JsonNode items = Http.get(doors.main(), "/api/v1/services").json().path("items");
      long count = 0;
      for (JsonNode item : items) {
        if (item.path("service").asText().equals(service)
            && item.path("state").asText().equals("ready")) {
          count++;
        }
      }
      return count;
    } catch (UncheckedIOException notYet) {
      return -1;
    }
  }

  private boolean gatewayReady() {
    try {
      return Http.get(doors.main(), "/health/ready").status() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /** Ends every process but the gateway, and waits until the gateway has noticed. */
  void endServices() {
    List<SignalboxProcess> services = processes.subList(1, processes.size());
    services.forEach(SignalboxProcess::close);
    services.clear();
    processes.getFirst().await("to be alone", () -> instances() == 1);
  }

  private int instances() {
    return Http.get(doors.main(), "/api/v1/services").json().path("items").size();
  }

  Doors doors() {
    return doors;
  }

  Path data() {
    return directory.resolve("data");
  }

  String output() {
    return processes.stream().map(SignalboxProcess::output).collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    processes.forEach(SignalboxProcess::close);
  }
}
