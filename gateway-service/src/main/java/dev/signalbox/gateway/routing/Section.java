package dev.signalbox.gateway.routing;

/** A section of the interface: mounts its routes. */
@FunctionalInterface
public interface Section {

  /** Mounts them. */
  void mount(GuardedRouter router);
}
