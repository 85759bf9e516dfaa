package dev.signalbox.gateway.diagnostic;

import dev.signalbox.contracts.Announcement;

/** An instance of a process, as clients see it. */
record InstanceView(String service, String node) {

  static InstanceView of(Announcement instance) {
    return new InstanceView(instance.service(), instance.node());
  }
}
