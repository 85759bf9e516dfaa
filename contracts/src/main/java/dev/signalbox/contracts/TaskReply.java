package dev.signalbox.contracts;

import org.jspecify.annotations.Nullable;

/** How a task ended. */
public sealed interface TaskReply {

  /**
   * The task ran and found out what it was asked, be the finding good or bad.
   *
   * @param result a record, map or list that becomes a JSON object; across processes it arrives as
   *     a map
   * @param failure for findings that the classic face reports as an {@code error} (a name that does
   *     not resolve, say): that sentence; otherwise null
   */
  record Finished(Object result, @Nullable String failure) implements TaskReply {

    /** A finding the classic face, too, calls a success. */
    public static Finished of(Object result) {
      return new Finished(result, null);
    }
  }

  /** The question could not be answered. */
  record Failed(TaskError error) implements TaskReply {}
}
