package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FreePorts;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ports of the gateway's doors on loopback. */
record Doors(int main, int tasks, int codes, int messages) {

  private static final Pattern LINE =
      Pattern.compile(
          "(?m)(?:^\\s+|\")(main|tasks|codes|messages)(?:\\s+|\":\")http://[^\\s\"]+:(\\d+)");

  /** Four ports that are free now. */
  static Doors choose() {
    return new Doors(FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next());
  }

  /** As a process tells them when it is ready; 0 for a door that stayed shut. */
  static Doors told(String output) {
    return new Doors(
        told(output, "main"),
        told(output, "tasks"),
        told(output, "codes"),
        told(output, "messages"));
  }

  private static int told(String output, String door) {
    Matcher line = LINE.matcher(output);
    while (line.find()) {
      if (line.group(1).equals(door)) {
        return Integer.parseInt(line.group(2));
      }
    }
    return 0;
  }

  /** The same as settings of the gateway. */
  Map<String, String> settings() {
    return Map.of(
        "gateway.port", Integer.toString(main),
        "gateway.tasks-port", Integer.toString(tasks),
        "gateway.codes-port", Integer.toString(codes),
        "gateway.messages-port", Integer.toString(messages));
  }

  /** Settings that let a gateway choose and tell. */
  static Map<String, String> any() {
    return Map.of(
        "gateway.port", "any",
        "gateway.tasks-port", "any",
        "gateway.codes-port", "any",
        "gateway.messages-port", "any");
  }
}
