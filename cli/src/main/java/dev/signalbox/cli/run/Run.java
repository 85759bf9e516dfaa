package dev.signalbox.cli.run;

import java.io.IOException;
import java.io.InputStream;

/** A way to run a file of tasks. */
interface Run {

  /**
   * Runs all tasks and hands over what comes of them, in order of completion.
   *
   * @return whether it came to the end: false when it was stopped, or cut short
   * @throws IOException when tasks cannot be read, answers not be written, or the system that runs
   *     them breaks off
   */
  boolean run(InputStream tasks, Answers answers) throws IOException, InterruptedException;

  /** Ends it soon; what is under way is given up. Any thread may call it. */
  void stop();
}
