package dev.signalbox.gateway.route;

/** A section of the interface: adds its routes to a table. */
@FunctionalInterface
public interface Routes {

  /** Adds them. */
  void addTo(RouteTable.Builder table);
}
