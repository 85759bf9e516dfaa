package dev.signalbox.benchmarks;

import java.util.HashMap;
import java.util.Map;

/** Settings of {@link CensusLoad}, explained there. */
record CensusSettings(
    int port, Face face, int workers, int atOnce, int seconds, int sample, String done) {

  enum Face {
    API,
    CLASSIC,
    CHECK
  }

  static CensusSettings of(String[] args) {
    Map<String, String> given = new HashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      given.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    return new CensusSettings(
        number(given, "port", 0),
        switch (given.getOrDefault("face", "api")) {
          case "classic" -> Face.CLASSIC;
          case "check" -> Face.CHECK;
          default -> Face.API;
        },
        number(given, "workers", 32),
        number(given, "at-once", 1),
        number(given, "seconds", 120),
        number(given, "sample", 500),
        given.getOrDefault("done", ""));
  }

  private static int number(Map<String, String> given, String key, int otherwise) {
    String text = given.get(key);
    return text == null ? otherwise : Integer.parseInt(text);
  }
}
