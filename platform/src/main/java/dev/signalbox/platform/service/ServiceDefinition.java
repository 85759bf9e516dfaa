package dev.signalbox.platform.service;

import io.vertx.core.VerticleBase;
import java.util.HashMap;
import java.util.Map;

/**
 * What a module hands to the launcher.
 *
 * @param name the service's name, as in {@code dns-service}
 * @param configPrefix its section in the configuration
 * @param configType the section's record
 * @param shared further sections it reads, shared with other services, such as {@code storage}
 * @param instances how many verticles run it
 * @param startsLast whether it starts after the other services of a process and stops before them
 * @param factory makes a verticle
 * @param <C> the section's record
 */
public record ServiceDefinition<C extends Record>(
    String name,
    String configPrefix,
    Class<C> configType,
    Map<String, Class<? extends Record>> shared,
    Instances instances,
    boolean startsLast,
    Factory<C> factory) {

  public ServiceDefinition {
    shared = Map.copyOf(shared);
  }

  /** A service of one verticle that reads its own section alone. */
  public ServiceDefinition(
      String name, String configPrefix, Class<C> configType, Factory<C> factory) {
    this(name, configPrefix, configType, Map.of(), Instances.ONE, false, factory);
  }

  /** The same service, reading a shared section too. */
  public ServiceDefinition<C> reading(String prefix, Class<? extends Record> type) {
    Map<String, Class<? extends Record>> more = new HashMap<>(shared);
    more.put(prefix, type);
    return new ServiceDefinition<>(
        name, configPrefix, configType, more, instances, startsLast, factory);
  }

  /** The same service with a verticle on every event loop. */
  public ServiceDefinition<C> onEveryEventLoop() {
    return new ServiceDefinition<>(
        name, configPrefix, configType, shared, Instances.PER_EVENT_LOOP, startsLast, factory);
  }

  /** The same service, started after the others of its process: it lets clients in. */
  public ServiceDefinition<C> startingLast() {
    return new ServiceDefinition<>(
        name, configPrefix, configType, shared, instances, true, factory);
  }

  /** How many verticles of a service run in a process. */
  public enum Instances {
    /** One, on one event loop. */
    ONE,
    /** One on each event loop. */
    PER_EVENT_LOOP
  }

  /**
   * Makes the verticle of a service.
   *
   * @param <C> the section's record
   */
  @FunctionalInterface
  public interface Factory<C extends Record> {

    /** A new verticle; called once for each instance. */
    VerticleBase create(C config, ServiceContext context);
  }
}
