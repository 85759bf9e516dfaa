package dev.signalbox.testsupport;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says of each class which tests were skipped and why. The build tool counts them and says neither.
 */
public final class SkippedTests implements TestExecutionListener {

  /** By class and reason, how often. */
  private final Map<String, Integer> skipped = new ConcurrentSkipListMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    count(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      count(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  private void count(TestIdentifier test, String reason) {
    String line = test.getSource().map(SkippedTests::className).orElse(test.getDisplayName());
    // JUnit puts a condition or "Assumption failed" before what the test says.
    String said = reason.lines().findFirst().orElse("no reason given");
    line += ": " + said.replaceFirst("^(?:.* ==> |Assumption failed: )", "");
    skipped.merge(line, 1, Integer::sum);
  }

  private static String className(TestSource source) {
    return switch (source) {
      case ClassSource of -> of.getClassName();
      case MethodSource of -> of.getClassName();
      default -> source.toString();
    };
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    skipped.forEach((line, times) ->
        System.out.println("Skipped" + (times == 1 ? " " : " (" + times + " times) ") + line));
    skipped.clear();
  }
}
