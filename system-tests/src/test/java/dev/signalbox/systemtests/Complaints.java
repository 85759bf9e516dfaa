package dev.signalbox.systemtests;

import java.util.regex.Pattern;

/**
 * How often a system has logged an error or a stack trace. To be compared before and after: the
 * output of several processes has no one place where the new begins, and a cluster that forms may
 * have complained about its own beginnings.
 *
 * @param errors lines of that level
 * @param frames lines of stack traces
 */
record Complaints(long errors, long frames) {

  private static final Pattern ERROR = Pattern.compile(" ERROR ");
  private static final Pattern FRAME = Pattern.compile("\tat ");

  static Complaints of(Deployment system) {
    String output = system.output();
    return new Complaints(
        ERROR.matcher(output).results().count(), FRAME.matcher(output).results().count());
  }
}
