package dev.signalbox.cli;

import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The services of the system, in the order in which they start. Loaded only to run or name them.
 */
final class Services {

  static final List<ServiceDefinition<?>> ALL = ServiceProvider.all();

  private Services() {}

  static String names() {
    return ALL.stream().map(ServiceDefinition::name).collect(Collectors.joining(", "));
  }

  /** Those named, in the order in which they start. */
  static List<ServiceDefinition<?>> named(List<String> names) {
    for (String name : names) {
      if (ALL.stream().noneMatch(service -> service.name().equals(name))) {
        throw new StartException("Unknown service '" + name + "'; the services are " + names());
      }
    }
    return ALL.stream().filter(service -> names.contains(service.name())).toList();
  }
}
