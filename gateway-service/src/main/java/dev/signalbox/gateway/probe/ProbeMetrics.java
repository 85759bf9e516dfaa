package dev.signalbox.gateway.probe;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gauges in Prometheus's text format. Whole numbers are written without a fraction, as
 * blackbox_exporter writes them: scripts look for {@code probe_success 1}.
 */
final class ProbeMetrics {

  private static final long LARGEST_WHOLE = 1L << 53;

  private record Family(String help, List<String> samples) {}

  private final Map<String, Family> families = new TreeMap<>();

  /** Adds a value without labels, in place of an earlier one. */
  void set(String name, String help, double value) {
    families.put(name, new Family(help, new ArrayList<>(List.of(name + " " + number(value)))));
  }

  /** Adds a value with labels, {@code name, value, name, value…} in the order of their names. */
  void add(String name, String help, double value, String... labels) {
    StringBuilder sample = new StringBuilder(name).append('{');
    for (int i = 0; i < labels.length; i += 2) {
      sample.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
      sample.append(escaped(labels[i + 1])).append('"');
    }
    sample.append("} ").append(number(value));
    families
        .computeIfAbsent(name, _ -> new Family(help, new ArrayList<>()))
        .samples()
        .add(sample.toString());
  }

  void clear(String name) {
    families.remove(name);
  }

  /** The time of looking the target up, and before it is known the lack of an address. */
  void lookup(double seconds) {
    set(
        "probe_dns_lookup_time_seconds",
        "Returns the time taken for probe dns lookup in seconds",
        seconds);
    address(0, 0);
  }

  void address(InetAddress address) {
    address(address instanceof Inet4Address ? 4 : 6, (double) IpChoice.hash(address));
  }

  private void address(int protocol, double hash) {
    set("probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6", protocol);
    set(
        "probe_ip_addr_hash",
        "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
        hash);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    families.forEach((name, family) -> {
      text.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
      text.append("# TYPE ").append(name).append(" gauge\n");
      family.samples().stream().sorted().forEach(sample -> text.append(sample).append('\n'));
    });
    return text.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < LARGEST_WHOLE
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
