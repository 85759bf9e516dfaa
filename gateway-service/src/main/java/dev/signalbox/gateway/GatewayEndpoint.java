package dev.signalbox.gateway;

import dev.signalbox.gateway.door.Door;
import dev.signalbox.gateway.door.DoorPort;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.system.SystemRoutes;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.service.ServiceContext;
import java.util.List;

/** Every route of every door: the whole of what clients see, section by section. */
public final class GatewayEndpoint {

  /** The door that must open. */
  static final String MAIN = "main";

  private final GatewayConfig config;
  private final RouteTable shared;
  private final RouteTable codes;
  private final RouteTable messages;

  /** The routes of a gateway. */
  GatewayEndpoint(GatewayConfig config, ServiceContext context, ServiceDirectory directory) {
    this.config = config;
    // Each section is one line: classic routes and their twins beside each other.
    this.shared =
        RouteTable.builder()
            .reserve("/api/", ProblemFaults.PROBLEM)
            .add(new SystemRoutes(context.vertx(), directory, context.health(), context.metrics()))
            .build();
    this.codes = RouteTable.builder().build();
    this.messages = RouteTable.builder().build();
  }

  /** The doors, the main one first. */
  List<Door> doors() {
    RouteTable none = RouteTable.builder().build();
    return List.of(
        door(MAIN, "gateway.port", config.port(), none),
        door("tasks", "gateway.tasks-port", config.tasksPort(), none),
        door("codes", "gateway.codes-port", config.codesPort(), codes),
        door("messages", "gateway.messages-port", config.messagesPort(), messages));
  }

  private Door door(String name, String key, String port, RouteTable own) {
    return new Door(name, key, DoorPort.parse(port), own, shared);
  }

  /** Routes of every door: what the interface description must equal. */
  RouteTable shared() {
    return shared;
  }
}
