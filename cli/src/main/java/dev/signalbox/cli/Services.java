package dev.signalbox.cli;

import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.stream.Collectors;

/**
 * The services of the system, in the order in which they start. Loaded only to run or name them.
 */
final class Services {

  private Services() {}

  /**
   * All of them.
   *
   * @throws StartException when the jar of one is broken
   */
  static List<ServiceDefinition<?>> all() {
    try {
      return ServiceProvider.all();
    } catch (ServiceConfigurationError e) {
      throw new StartException(
          "Signalbox is not installed completely: "
              + e.getMessage()
              + ". Build or install it again, or remove the jar.",
          e);
    }
  }

  static String names() {
    return all().stream().map(ServiceDefinition::name).collect(Collectors.joining(", "));
  }

  /** Those named, in the order in which they start. */
  static List<ServiceDefinition<?>> named(List<String> names) {
    List<ServiceDefinition<?>> all = all();
    for (String name : names) {
      if (all.stream().noneMatch(service -> service.name().equals(name))) {
        throw new StartException("Unknown service '" + name + "'; the services are " + names());
      }
    }
    return all.stream().filter(service -> names.contains(service.name())).toList();
  }
}
