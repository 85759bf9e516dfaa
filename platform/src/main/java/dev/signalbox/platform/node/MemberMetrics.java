package dev.signalbox.platform.node;

import dev.signalbox.platform.bus.Members;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who else is in the cluster, and how many processes serve each operation, as a process sees it.
 */
final class MemberMetrics {

  private MemberMetrics() {}

  static void register(Members members, MeterRegistry registry) {
    Gauge.builder("signalbox.members.present", members, Members::present)
        .description("Other members of the cluster that answer")
        .register(registry);
    Gauge.builder("signalbox.members.unreachable", members, Members::unreachable)
        .description("Other members that were there lately and do not answer")
        .register(registry);
    MultiGauge instances =
        MultiGauge.builder("signalbox.operation.instances")
            .description("Processes that serve an operation and can be reached, this one included")
            .register(registry);
    Set<String> known = new TreeSet<>();
    members.listener(
        new Members.Listener() {
          @Override
          public void changed() {
            update(members, instances, known);
          }
        });
  }

  /** An operation without instances stays, with the value 0. */
  private static void update(Members members, MultiGauge instances, Set<String> known) {
    synchronized (known) {
      members.serving().keySet().stream()
          .filter(address -> address.indexOf('@') < 0) // One process's own, by its id.
          .forEach(known::add);
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      known.forEach(operation ->
          rows.add(
              MultiGauge.Row.of(
                  Tags.of("operation", operation), members.serving(operation).size())));
      instances.register(rows, true);
    }
  }
}
