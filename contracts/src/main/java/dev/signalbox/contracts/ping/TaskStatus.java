package dev.signalbox.contracts.ping;

/** Where a task stands. */
public enum TaskStatus {
  /** 0: no worker holds it. */
  AVAILABLE(0),
  /** 1: leased, or marked so by hand. */
  IN_PROGRESS(1),
  /** 2: a valid result is stored. */
  DONE(2),
  /** 3: an invalid result was submitted. */
  ERROR(3);

  private final int code;

  TaskStatus(int code) {
    this.code = code;
  }

  /** The number clients see, 0 to 3. */
  public int code() {
    return code;
  }

  /**
   * The status of a number.
   *
   * @throws IllegalArgumentException unless 0 to 3
   */
  public static TaskStatus of(int code) {
    for (TaskStatus status : values()) {
      if (status.code == code) {
        return status;
      }
    }
    throw new IllegalArgumentException("status must be 0 to 3: " + code);
  }
}
