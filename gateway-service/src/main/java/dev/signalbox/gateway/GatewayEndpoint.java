package dev.signalbox.gateway;

import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.census.CensusPage;
import dev.signalbox.gateway.census.CensusRoutes;
import dev.signalbox.gateway.census.ClassicCensusRoutes;
import dev.signalbox.gateway.census.ErrorsPage;
import dev.signalbox.gateway.census.LeaseRoutes;
import dev.signalbox.gateway.code.ClassicCodeRoutes;
import dev.signalbox.gateway.code.CodeRoutes;
import dev.signalbox.gateway.dns.DnsMessageRoutes;
import dev.signalbox.gateway.dns.ResolveRoutes;
import dev.signalbox.gateway.door.Door;
import dev.signalbox.gateway.door.DoorPort;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.files.FileRoutes;
import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.server.ClassicServerRoutes;
import dev.signalbox.gateway.server.ServerRoutes;
import dev.signalbox.gateway.system.DocsRoutes;
import dev.signalbox.gateway.system.SystemRoutes;
import dev.signalbox.gateway.task.BatchMemory;
import dev.signalbox.gateway.task.ClassicTaskRoutes;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.gateway.task.TaskLimits;
import dev.signalbox.gateway.task.TaskRoutes;
import dev.signalbox.gateway.task.TaskRunner;
import dev.signalbox.platform.service.ServiceContext;
import java.util.List;
import java.util.stream.Stream;

/** Every route of every door: the whole of what clients see, section by section. */
public final class GatewayEndpoint {

  /** The door that must open. */
  static final String MAIN = "main";

  private final GatewayConfig config;
  private final RouteTable shared;
  private final RouteTable codes;
  private final RouteTable messages;

  /** The routes of a gateway. */
  GatewayEndpoint(
      GatewayConfig config,
      ServiceContext context,
      ServiceDirectory directory,
      BatchMemory batchMemory) {
    this.config = config;
    Backend backend = new Backend(context.bus());
    TaskRunner runner = new TaskRunner(directory, backend);
    TaskLimits limits =
        new TaskLimits(
            config.maxBatchTasks(),
            config.maxBatchBytes(),
            config.batchConcurrency(),
            config.maxBatchConcurrency(),
            batchMemory,
            config.maxTaskTimeout());
    ClassicCodeRoutes classicCodes = new ClassicCodeRoutes(backend);
    Pages pages = new Pages();
    CensusPage censusPage = new CensusPage(backend, pages);
    // Section by section as in the description: classic routes and their twins beside each other.
    this.shared =
        RouteTable.builder()
            .reserve("/api/", ProblemFaults.PROBLEM)
            .add(new ClassicTaskRoutes(context.vertx(), runner, limits))
            .add(new TaskRoutes(context.vertx(), runner, limits))
            .add(new ResolveRoutes(backend))
            .add(new DnsMessageRoutes(backend))
            .add(new ClassicServerRoutes(backend))
            .add(new ServerRoutes(backend))
            .add(new CodeRoutes(backend))
            .add(new ClassicCensusRoutes(backend))
            .add(censusPage)
            .add(new ErrorsPage(backend, pages))
            .add(new LeaseRoutes(backend))
            .add(new CensusRoutes(backend))
            .add(FileRoutes.of(context, backend, context.config("files", FilesConfig.class)))
            .add(new SystemRoutes(context.vertx(), directory, context.health(), context.metrics()))
            .add(new DocsRoutes(context.vertx()))
            .build();
    this.codes = RouteTable.builder().add(classicCodes.codesDoor()).build();
    this.messages =
        RouteTable.builder().add(classicCodes.messagesDoor()).add(censusPage.home()).build();
  }

  /** The doors, the main one first. */
  List<Door> doors() {
    RouteTable none = RouteTable.builder().build();
    return List.of(
        door(MAIN, "gateway.port", config.port(), none),
        door("tasks", "gateway.tasks-port", config.tasksPort(), none),
        door("codes", "gateway.codes-port", config.codesPort(), codes),
        door("messages", "gateway.messages-port", config.messagesPort(), messages),
        new Door(
            "tls",
            "gateway.tls-port",
            DoorPort.parse(config.tlsPort()),
            config.tlsFiles(),
            none,
            shared));
  }

  private Door door(String name, String key, String port, RouteTable own) {
    return new Door(name, key, DoorPort.parse(port), null, own, shared);
  }

  /** Every route of every door: what the description must equal. */
  List<Route> routes() {
    return Stream.of(shared, codes, messages).flatMap(table -> table.routes().stream()).toList();
  }
}
