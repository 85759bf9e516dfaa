package dev.signalbox.cli.run;

import java.io.IOException;
import java.io.InputStream;

/** A way to run a file of tasks. */
interface Run {

  /**
   * Runs all tasks and writes their results in order of completion.
   *
   * @return whether all tasks ran; false when the run was stopped
   * @throws IOException when tasks cannot be read, answers not be written, or the system that runs
   *     them breaks off
   */
  boolean run(InputStream tasks, Answers answers) throws IOException, InterruptedException;

  /** Cancels the tasks in flight, so that the run ends soon. Any thread may call it. */
  void stop();
}
