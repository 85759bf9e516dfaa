package dev.signalbox.systemtests;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * How the system is made up. Tests of what clients see run against each shape; the deployment they
 * run against is started once and lasts as long as the tests.
 */
enum Shape {
  /** {@code up}. */
  ONE_PROCESS {
    @Override
    Deployment start(Map<String, String> settings) {
      return OneProcess.start(settings);
    }
  },
  /** A gateway and six services in a cluster. */
  MANY_PROCESSES {
    @Override
    Deployment start(Map<String, String> settings) {
      return ManyProcesses.start(settings);
    }
  };

  private static final Map<Shape, Deployment> SHARED = new EnumMap<>(Shape.class);
  private static final Map<Shape, Throwable> FAILED = new EnumMap<>(Shape.class);

  abstract Deployment start(Map<String, String> settings);

  /** The deployment that all tests share; the processes end with the tests' own. */
  Deployment shared() {
    synchronized (SHARED) {
      Throwable failed = FAILED.get(this);
      if (failed != null) {
        throw new AssertionError(this + " did not start; the first test says why", failed);
      }
      try {
        return SHARED.computeIfAbsent(this, shape -> shape.start(settings()));
      } catch (Throwable e) {
        FAILED.put(this, e);
        throw e;
      }
    }
  }

  /** Everything outside is on this machine, and the census begins empty. */
  static Map<String, String> settings(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("resolver.upstreams", Surroundings.resolver());
    settings.put("dns.retries", "0");
    settings.put("guard.allow-private", "true");
    settings.put("ping.initial-tasks", "0");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }
}
