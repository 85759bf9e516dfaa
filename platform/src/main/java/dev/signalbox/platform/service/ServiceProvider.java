package dev.signalbox.platform.service;

import java.security.CodeSource;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

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
   *
   * @throws ServiceConfigurationError whose message, one line, says which provider cannot be loaded
   *     and why, and from where if its class was found
   */
  static List<ServiceDefinition<?>> all() {
    try {
      return ServiceLoader.load(ServiceProvider.class).stream()
          .<ServiceDefinition<?>>map(ServiceProvider::load)
          .sorted(
              Comparator.<ServiceDefinition<?>, Boolean>comparing(ServiceDefinition::startsLast)
                  .thenComparing(ServiceDefinition::name))
          .toList();
    } catch (LinkageError e) {
      throw new ServiceConfigurationError("a service cannot be loaded: " + reason(e), e);
    }
  }

  private static ServiceDefinition<?> load(ServiceLoader.Provider<ServiceProvider> provider) {
    try {
      return provider.get().service();
    } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
      Class<?> type = provider.type();
      CodeSource source = type.getProtectionDomain().getCodeSource();
      throw new ServiceConfigurationError(
          "the service of "
              + type.getName()
              + " cannot be loaded from "
              + (source == null ? "its class path" : source.getLocation())
              + ": "
              + reason(e),
          e);
    }
  }

  /** The first cause, in one line: those above it only say that something could not be loaded. */
  private static String reason(Throwable error) {
    Throwable first = error;
    for (@Nullable Throwable next = error; next != null; next = next.getCause()) {
      first = next;
    }
    return first.toString().lines().findFirst().orElse("");
  }
}
