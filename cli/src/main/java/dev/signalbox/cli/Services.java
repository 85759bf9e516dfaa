package dev.signalbox.cli;

import dev.signalbox.code.CodeMain;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayMain;
import dev.signalbox.httpprobe.HttpProbeMain;
import dev.signalbox.ping.PingMain;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.serverfactory.ServerFactoryMain;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The services of the system; the gateway last, so that it starts after the others and stops before
 * them.
 */
final class Services {

  static final List<ServiceDefinition<?>> ALL =
      List.of(
          CodeMain.SERVICE,
          DnsMain.SERVICE,
          FileMain.SERVICE,
          HttpProbeMain.SERVICE,
          PingMain.SERVICE,
          ServerFactoryMain.SERVICE,
          GatewayMain.SERVICE);

  private Services() {}

  static String names() {
    return ALL.stream().map(ServiceDefinition::name).collect(Collectors.joining(", "));
  }

  /** Those named; the gateway last. */
  static List<ServiceDefinition<?>> named(List<String> names) {
    for (String name : names) {
      if (ALL.stream().noneMatch(service -> service.name().equals(name))) {
        throw new StartException("Unknown service '" + name + "'; the services are " + names());
      }
    }
    return ALL.stream().filter(service -> names.contains(service.name())).toList();
  }
}
