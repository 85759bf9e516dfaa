package dev.signalbox.platform.service;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Names the service of a module. A module lists its provider in {@code
 * META-INF/services/dev.signalbox.platform.service.ServiceProvider}, and the commands that run
 * several services find it there.
 */
public interface ServiceProvider {

  /** The module's service. */
  ServiceDefinition<?> service();

  /**
   * All services on the class path, in the order in which they start: by name, those that {@link
   * ServiceDefinition#startingLast() start last} after the others. Loads the classes of every
   * service.
   */
  static List<ServiceDefinition<?>> all() {
    return ServiceLoader.load(ServiceProvider.class).stream()
        .<ServiceDefinition<?>>map(provider -> provider.get().service())
        .sorted(
            Comparator.<ServiceDefinition<?>, Boolean>comparing(ServiceDefinition::startsLast)
                .thenComparing(ServiceDefinition::name))
        .toList();
  }
}
