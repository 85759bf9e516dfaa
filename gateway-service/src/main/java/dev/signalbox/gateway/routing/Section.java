package dev.signalbox.gateway.routing;

/** A group of routes. */
@FunctionalInterface
public interface Section {

  /** Mounts its routes. */
  void mount(GuardedRouter router);
}
