package dev.signalbox.benchmarks;

import java.util.HashMap;
import java.util.Map;

/** Settings of {@link StreamLoad}, explained there. */
record StreamSettings(
    int port,
    int count,
    String template,
    String expect,
    long pauseMs,
    int pauseEvery,
    int leaveMs,
    int seconds,
    int concurrency,
    boolean progress) {

  static StreamSettings of(String[] args) {
    Map<String, String> given = new HashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      given.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    return new StreamSettings(
        number(given, "port", 0),
        number(given, "count", 1_000),
        given.getOrDefault("template", ""),
        given.getOrDefault("expect", "\"status\":\"finished\""),
        number(given, "pause-ms", 0),
        number(given, "pause-every", 0),
        number(given, "leave-ms", 0),
        number(given, "seconds", 120),
        number(given, "concurrency", 0),
        given.getOrDefault("progress", "off").equals("on"));
  }

  private static int number(Map<String, String> given, String key, int otherwise) {
    String text = given.get(key);
    return text == null ? otherwise : Integer.parseInt(text);
  }
}
